// What the studio's own routes answer, and what the page's parts hand each other. Nothing of it is loaded.

export type Task = "generate" | "edit";

/** A value of a form's field. */
export type FieldValue = string | number | boolean | null | undefined;
export type Fields = Record<string, FieldValue>;

/** How a model's price is told; `catalog/price.py` has the same rules. */
export interface PriceRule {
  rule: string;
  words: string;
  usd: number & Record<string, number | null>;
  first: number;
  further: number;
  default: string;
}

/** A control of a model: whether it takes it, the words under it, and what an empty field means. */
export interface ControlData {
  taken: boolean;
  info: string;
  placeholder: string;
}

/** A model as `ui/catalog_data.py` puts it into the page. */
export interface ModelData {
  controls: Record<string, ControlData>;
  label: string;
  missing: string;
  task: Task;
  note: string;
  listed: string | null;
  rules: Record<string, PriceRule>;
  size: [number, number] | null;
  ratios: Record<string, [number, number]>;
}

export interface Catalog {
  models: Record<string, ModelData>;
  words: {
    run: Record<Task, string>;
    listed: string;
    unknown: string;
    bySize: string;
    demo: string;
    free: string;
    addKey: string;
    missing: string;
  };
  maxUpload: number;
}

/** Who the visitor is: `GET /visitor`. Before that is answered only the first two are there. */
export interface Visitor {
  demo: boolean;
  models: Record<string, { can_run: boolean }>;
  kind?: string;
  name?: string;
  demo_forced?: boolean;
  takes_logins?: boolean;
  takes_api_keys?: boolean;
  today_usd?: number;
  notices?: string[];
  providers?: { id: string; name: string; page: string }[];
  keys?: Record<string, boolean>;
}

export interface ErrorBody {
  code: string;
  message: string;
  // biome-ignore lint/suspicious/noExplicitAny: each code has its own, see the reference
  details?: Record<string, any>;
}

export interface Cost {
  estimated_usd: number | null;
  reported_usd: number | null;
  charged: string;
}

/** The contract's Job, as far as the page reads it. */
export interface Job {
  /** Text: it may be larger than a number of ours is exact. */
  seed: string | null;
  demo: boolean;
  payer: string;
  asked: unknown;
  sent: unknown;
  images: unknown[];
  warnings: string[];
  cost: Cost;
}

/** A picture in the library. */
export interface Picture {
  id: string;
  job_id: string;
  cursor: string;
  prompt: string;
  model: string;
  model_name: string;
  provider: string;
  provider_name: string;
  task: Task;
  created_at: string;
  mimeType: string;
  width: number;
  height: number;
  bytes: number;
  favourite: boolean;
}

export interface LineageNode {
  id: string;
  parent: string | null;
  job_id: string | null;
  prompt: string | null;
  shown: boolean;
  depth: number;
  path_usd: number | null;
}

export interface Lineage {
  nodes: LineageNode[];
  path: string[];
}

/** One picture with everything that is known of it. */
export interface PictureDetail extends Picture {
  seconds: number | null;
  estimate_usd: number | null;
  controls: Fields;
  input_file: string | null;
  job: Job;
  shared_url: string | null;
  lineage: Lineage;
}

export interface Count {
  number: number;
  more: boolean;
}

export interface LibraryPage {
  pictures: Picture[];
  next: string | null;
  running: boolean;
  count: Count;
}

/** A model in the comparison's form: what it makes of the settings wished for. */
export interface ModelForecast {
  model: string;
  model_name: string;
  provider_name: string;
  differences: { field: string; used: FieldValue; why: string }[];
  estimate_usd: number | null;
  can_run: boolean;
}

export interface Forecast {
  models: ModelForecast[];
  demo: boolean;
}

/** One model's part of a comparison. While that is blind only `place`, `status`, `frame` and `picture` are there. */
export interface ComparisonRun {
  place: number;
  status: string;
  frame: [number, number];
  picture: { id: string; url: string; width: number; height: number } | null;
  stage: { name: string; ahead: number | null; fraction: number | null } | null;
  model: string;
  model_name: string;
  provider_name: string;
  served_by: string | null;
  settings: Fields;
  seconds: number | null;
  cost: Cost;
  demo: boolean;
  error: ErrorBody | null;
}

export interface ListedComparison {
  id: string;
  created_at: string;
  prompt: string;
}

export interface Comparison extends ListedComparison {
  version: string;
  ended: boolean;
  hidden: boolean;
  unstarted: boolean;
  ready: number;
  runs: ComparisonRun[];
  refused: { model_name: string; error: ErrorBody }[];
  can_vote: boolean;
  vote: { winner: number | null } | null;
  elapsed_s: Record<string, number>;
}

export interface Rank {
  model_name: string;
  rating: number;
  low: number;
  high: number;
  votes: number;
  average_usd: number | null;
  average_seconds: number | null;
}

export interface Ranking {
  votes: number;
  demo: boolean;
  ranks: Rank[];
}

/** Settings that a form takes over; a picture to edit goes along by its id. */
export interface FormSettings {
  task: Task;
  fields: Fields;
  source?: { file_id: string; url: string } | null;
}

type Theme = "system" | "light" | "dark";

declare global {
  // What one part of the page tells the others.
  interface DocumentEventMap {
    "studio:visitor": CustomEvent<Visitor>;
    "studio:gated": CustomEvent<{ task: Task }>;
    "studio:rendered": CustomEvent<{ task: Task }>;
    "studio:started": CustomEvent;
    "studio:use": CustomEvent<FormSettings>;
    "studio:edit": CustomEvent<{ file_id: string; url: string }>;
  }

  interface Window {
    // first.js, which is in the page itself
    studioVisit: Promise<{ data?: Visitor }>;
    studioTheme: { chosen: () => Theme; choose: (theme: Theme) => void };
    /** What Gradio's events and the tests call: see main.js. */
    // biome-ignore lint/suspicious/noExplicitAny: Gradio hands over what its components hold
    studio: Record<string, (...values: any[]) => unknown>;
  }
}
