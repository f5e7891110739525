import type { CatalogAdditions } from '../model/index.ts';

/**
 * What is known about hardware, prices and models: lists of records, each with source and date.
 * Names are unique within a list (instance types within a provider). Nothing is a closed enumeration:
 * `mergeCatalog` adds or replaces records of any kind.
 */
export type Catalog = CatalogAdditions;
