export type { Catalog } from './catalog.ts';
export { shippedCatalog } from './shipped.ts';
export { mergeCatalog } from './merge.ts';
export { findAccelerator, findInstanceType, findModel } from './find.ts';
export { expandMixes, mixPoolId } from './expand-mixes.ts';
export { resolveOfferings } from './offerings.ts';
export { resolveModels } from './resolve-models.ts';
export { priceDates } from './price-dates.ts';
export { searchCatalog } from './search.ts';
export type { CatalogKind, CatalogQuery, CatalogRow } from './search.ts';
export { nodeFailure, RECLAIM_NOTICE, UNPUBLISHED_SPOT } from './assumptions.ts';
export { importPriceFile } from './import/import-price-file.ts';
export { PRICE_LAYOUTS } from './import/recognize.ts';
export type { ImportedPrices, ImportOptions } from './import/import-price-file.ts';
export type { PriceFileLayout, PriceLayout, PriceLayoutName } from './import/layout.ts';
export { catalogDocumentOf } from './import/document.ts';
export {
  compareVersions,
  EVERY_VERSION,
  inRange,
  parseVersion,
  rangeText,
  releaseName,
} from './engine-support/engine-version.ts';
export type { Version, VersionRange } from './engine-support/engine-version.ts';
export type { EngineFacts } from './engine-support/engine-facts.ts';
export { whyNotExecutable, whyNotPaired } from './engine-support/why-not-executable.ts';
export { hasDenseLayers } from './engine-support/engine-facts.ts';
