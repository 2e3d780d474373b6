import { describePipeline } from './pipeline.suite.ts';

describePipeline('embedded API server', {});
