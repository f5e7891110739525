import path from 'node:path';
import ts from 'typescript';

/** A type of Pulumi's package schemas, as far as arguments of resources need it. */
export interface TypeSpec {
  readonly type?: 'string' | 'number' | 'boolean' | 'array' | 'object';
  readonly items?: TypeSpec;
  readonly additionalProperties?: TypeSpec;
  readonly $ref?: string;
}

/** An object type, or the arguments of a resource. */
export interface ObjectSpec {
  readonly properties: Readonly<Record<string, TypeSpec>>;
  readonly required: readonly string[];
}

/** The part of a provider's schema that some resources need. */
export interface PackageSchema {
  readonly name: string;
  readonly version: string;
  readonly resources: Readonly<
    Record<
      string,
      {
        readonly inputProperties: ObjectSpec['properties'];
        readonly requiredInputs: readonly string[];
      } & ObjectSpec
    >
  >;
  readonly types: Readonly<Record<string, ObjectSpec & { readonly type: 'object' }>>;
}

/** What a schema is made for. */
export interface SchemaRequest {
  /** Provider in types of resources: `azure-native`. */
  readonly provider: string;
  readonly npm: string;
  readonly version: string;
  /** Types of resources: `aws:eks/nodeGroup:NodeGroup`. */
  readonly resources: readonly string[];
}

const STACKS = path.resolve(import.meta.dirname, '../..');

/**
 * A schema of some resources of a provider, read from the type definitions that the provider publishes on npm: providers do not publish
 * their schemas there, and their type definitions are generated from them. Arguments and what they need are complete, outputs are the
 * arguments.
 */
export function packageSchema(request: SchemaRequest): PackageSchema {
  const source = request.resources.map((type, index) => {
    const { module, name } = classOf(type);
    return `export type R${index} = p.${module}.${name}Args; export type O${index} = p.${module}.${name};`;
  });
  const file = path.join(STACKS, '__schema__.ts');
  const text = `import * as p from '${request.npm}';\n${source.join('\n')}`;
  const program = programOf(file, text);
  const reader = new Reader(program.getTypeChecker(), request.provider);
  const exported = exportedTypes(program, file);
  const resources = request.resources.map((type, index) => {
    const { properties, required } = reader.object(exported.get(`R${index}`));
    const outputs = reader.outputs(exported.get(`O${index}`));
    return [
      type,
      {
        inputProperties: properties,
        requiredInputs: required,
        properties: { ...outputs, ...properties },
        required: [],
      },
    ] as const;
  });
  const { provider: name, version } = request;
  return { name, version, resources: Object.fromEntries(resources), types: Object.fromEntries(reader.types) };
}

function classOf(type: string): { readonly module: string; readonly name: string } {
  const [, place = '', name = ''] = type.split(':');
  return { module: place.split('/')[0] ?? '', name };
}

function programOf(file: string, text: string): ts.Program {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [path.join(STACKS, 'node_modules/@types')],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? text : readFile(name));
  return ts.createProgram([file], options, host);
}

function exportedTypes(program: ts.Program, file: string): ReadonlyMap<string, ts.Type> {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  const symbols = module === undefined ? [] : checker.getExportsOfModule(module);
  return new Map(symbols.map((symbol) => [symbol.name, checker.getDeclaredTypeOfSymbol(symbol)]));
}

/** Reads types of arguments; object types that it meets are collected under a name each. */
class Reader {
  readonly types = new Map<string, ObjectSpec & { readonly type: 'object' }>();
  readonly #checker: ts.TypeChecker;
  readonly #provider: string;

  constructor(checker: ts.TypeChecker, provider: string) {
    this.#checker = checker;
    this.#provider = provider;
  }

  object(type: ts.Type | undefined): ObjectSpec {
    const properties = type === undefined ? [] : this.#checker.getPropertiesOfType(type);
    const specs = properties.map(
      (property) => [property.name, this.#spec(this.#checker.getTypeOfSymbol(property))] as const,
    );
    const required = properties.filter((property) => (property.flags & ts.SymbolFlags.Optional) === 0);
    return { properties: Object.fromEntries(specs), required: required.map(({ name }) => name) };
  }

  /** Plain outputs of a resource: what `Output<string>` and the like hold. */
  outputs(type: ts.Type | undefined): Readonly<Record<string, TypeSpec>> {
    const properties = type === undefined ? [] : this.#checker.getPropertiesOfType(type);
    return Object.fromEntries(
      properties.flatMap((property) => {
        const text = this.#checker.typeToString(this.#checker.getTypeOfSymbol(property));
        const plain = /(?:^|\W)Output(?:Instance)?<(string|number|boolean)(?: \| undefined)?>/.exec(
          text,
        )?.[1];
        const isOwn = property.name === 'id' || property.name === 'urn';
        return plain === undefined || isOwn ? [] : [[property.name, { type: plain as 'string' }]];
      }),
    );
  }

  #spec(type: ts.Type): TypeSpec {
    const members = (type.isUnion() ? type.types : [type]).filter((member) => !isWrapper(member));
    if (members.some((member) => (member.flags & ts.TypeFlags.StringLike) !== 0)) return { type: 'string' };
    if (members.some((member) => (member.flags & ts.TypeFlags.NumberLike) !== 0)) return { type: 'number' };
    if (members.some((member) => (member.flags & ts.TypeFlags.BooleanLike) !== 0)) return { type: 'boolean' };
    const object = members.find((member) => (member.flags & ts.TypeFlags.Object) !== 0);
    if (object === undefined) return { $ref: 'pulumi.json#/Any' };
    if (this.#checker.isArrayType(object)) {
      const [item] = this.#checker.getTypeArguments(object as ts.TypeReference);
      return { type: 'array', items: item === undefined ? { type: 'string' } : this.#spec(item) };
    }
    const index = this.#checker.getIndexTypeOfType(object, ts.IndexKind.String);
    if (index !== undefined) return { type: 'object', additionalProperties: this.#spec(index) };
    return { $ref: `#/types/${this.#named(object)}` };
  }

  #named(type: ts.Type): string {
    const name = (type.aliasSymbol ?? type.symbol).name.replace(/Args$/, '');
    const token = `${this.#provider}:index/${name[0]?.toLowerCase()}${name.slice(1)}:${name}`;
    if (!this.types.has(token)) {
      // A name first, so that types that hold themselves end.
      this.types.set(token, { type: 'object', properties: {}, required: [] });
      this.types.set(token, { type: 'object', ...this.object(type) });
    }
    return token.replaceAll('/', '%2F');
  }
}

function isWrapper(type: ts.Type): boolean {
  if ((type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) !== 0) return true;
  const name = (type.aliasSymbol ?? type.getSymbol())?.name ?? '';
  return name === 'Promise' || name.startsWith('Output');
}
