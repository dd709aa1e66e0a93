import { globSync, readFileSync } from 'node:fs';
import { findViolations } from './import-rule.ts';

const paths = globSync('{bin,lib,functions}/**/*.ts');
const violations = findViolations(new Map(paths.map((path) => [path, readFileSync(path, 'utf8')])));
for (const { from, to, rule } of violations) console.error(`${from} imports ${to}: ${rule}`);
if (paths.length === 0) console.error('no source files found: run this at the root of the repo');
else console.log(`import rule: ${paths.length} files, ${violations.length} violations`);
process.exitCode = violations.length > 0 || paths.length === 0 ? 1 : 0;
