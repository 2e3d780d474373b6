import { describeCrashes } from './crash.suite.ts';

describeCrashes('embedded API server', {});
