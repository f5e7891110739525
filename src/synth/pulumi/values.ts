/** Tells values that are known only when a program runs from plain data; no user's object can carry it. */
const LATER = Symbol('later');

/** A property of another resource of the program, such as the address of a role. */
export interface ResourceReference {
  readonly [LATER]: 'resource';
  readonly resource: string;
  readonly property: string;
}

/** A setting of the program. */
export interface SettingReference {
  readonly [LATER]: 'setting';
  readonly setting: string;
}

/** Texts and references one after the other, as one text. */
export interface JoinedText {
  readonly [LATER]: 'joined';
  readonly parts: readonly (string | ResourceReference | SettingReference)[];
}

/** An argument of a resource: plain data, and values that are known only when the program runs. */
export type PulumiValue =
  | string
  | number
  | boolean
  | ResourceReference
  | SettingReference
  | JoinedText
  | readonly PulumiValue[]
  | PulumiObject;

/** Arguments by name. Fields that are `undefined` count as absent. */
export interface PulumiObject {
  readonly [key: string]: PulumiValue | undefined;
}

/** What becomes of each kind of value when a program is written or run. */
export interface ValueVisitor<T> {
  readonly plain: (value: string | number | boolean) => T;
  readonly resource: (reference: ResourceReference) => T;
  readonly setting: (reference: SettingReference) => T;
  readonly joined: (text: JoinedText) => T;
  readonly list: (items: readonly T[]) => T;
  readonly object: (fields: readonly (readonly [key: string, value: T])[]) => T;
}

/** The property of another resource, by the id that the program gives it. */
export function output(resource: string, property: string): ResourceReference {
  return { [LATER]: 'resource', resource, property };
}

/** The setting of a name. */
export function setting(name: string): SettingReference {
  return { [LATER]: 'setting', setting: name };
}

/** The parts as one text. */
export function joined(...parts: JoinedText['parts']): JoinedText {
  return { [LATER]: 'joined', parts };
}

/** Folds a value, leaves first; the fields of an object come in their own order, absent ones left out. */
export function visitValue<T>(value: PulumiValue, visitor: ValueVisitor<T>): T {
  if (typeof value !== 'object') return visitor.plain(value);
  if (isList(value)) return visitor.list(value.map((item) => visitValue(item, visitor)));
  if (isReference(value)) {
    switch (value[LATER]) {
      case 'resource':
        return visitor.resource(value);
      case 'setting':
        return visitor.setting(value);
      case 'joined':
        return visitor.joined(value);
    }
  }
  return visitor.object(
    Object.entries(value).flatMap(([key, field]) =>
      field === undefined ? [] : [[key, visitValue(field, visitor)] as const],
    ),
  );
}

function isList(value: PulumiValue): value is readonly PulumiValue[] {
  return Array.isArray(value);
}

function isReference(
  value: Exclude<PulumiValue, readonly PulumiValue[]> & object,
): value is ResourceReference | SettingReference | JoinedText {
  return LATER in value;
}
