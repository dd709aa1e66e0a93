/** What runtime 2.0 documents; everything else that V8 brings is taken out of the context. */
export const runtimeGlobals: readonly string[] =
  `globalThis Object Function Array String Boolean Number Date RegExp Math JSON Promise Symbol
  DataView ArrayBuffer Float32Array Float64Array Int8Array Int16Array Int32Array Uint8Array
  Uint8ClampedArray Uint16Array Uint32Array Error EvalError RangeError ReferenceError SyntaxError
  TypeError URIError decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN
  parseFloat parseInt NaN Infinity undefined eval`.split(/\s+/);

/** ES5.1 and the listed methods of later editions, by `<global>` and `<global>.prototype`. */
export const runtimeMethods: Readonly<Record<string, string>> = {
  Object: `create defineProperties defineProperty freeze getOwnPropertyDescriptor
    getOwnPropertyDescriptors getOwnPropertyNames getPrototypeOf isExtensible isFrozen isSealed keys
    preventExtensions seal assign entries values is setPrototypeOf`,
  String: 'fromCharCode fromCodePoint',
  'String.prototype': `constructor toString valueOf charAt charCodeAt concat indexOf lastIndexOf
    localeCompare match replace search slice split substr substring toLowerCase toLocaleLowerCase
    toUpperCase toLocaleUpperCase trim codePointAt endsWith includes repeat startsWith padStart
    padEnd trimStart trimEnd replaceAll`,
  Number: 'isFinite isInteger isNaN isSafeInteger parseInt parseFloat',
  Array: 'isArray of',
  'Array.prototype': `constructor toString toLocaleString concat every filter forEach indexOf join
    lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice unshift
    copyWithin fill find findIndex includes`,
  Promise: 'all allSettled any reject resolve race',
  'Promise.prototype': 'constructor catch finally then',
  JSON: 'parse stringify',
  RegExp: '',
  'RegExp.prototype': 'constructor exec test toString',
  Symbol: 'for keyFor',
};

/**
 * Runs inside the context, before the function's code. Its result takes the handler and runs it
 * once; time stands still meanwhile, as it does at the edge.
 */
export const bootstrapSource = `(function (host) {
  'use strict';
  const own = Object.getOwnPropertyNames;
  const { parse, stringify } = JSON;
  const NativeDate = globalThis.Date;
  for (const [path, names] of host.methods) {
    const target = path.split('.').reduce((parent, name) => parent[name], globalThis);
    for (const name of own(target)) {
      if (typeof target[name] === 'function' && !names.includes(name)) delete target[name];
    }
  }
  for (const name of own(globalThis)) if (!host.globals.includes(name)) delete globalThis[name];
  let now = 0;
  function Date(...parts) {
    if (new.target === undefined) return new NativeDate(now).toString();
    return parts.length === 0 ? new NativeDate(now) : new NativeDate(...parts);
  }
  Date.prototype = NativeDate.prototype;
  Date.prototype.constructor = Date;
  Date.now = () => now;
  Date.parse = NativeDate.parse;
  Date.UTC = NativeDate.UTC;
  const define = (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  define('Date', Date);
  for (const [name, value] of [...host.provided, host.step]) define(name, value);
  define('console', { log: (message) => host.log(String(message)) });
  define('require', (name) => {
    const found = host.modules[name];
    if (found === undefined) throw new Error('Cannot find module "' + name + '"');
    return found;
  });
  Object.defineProperty(globalThis, Symbol.for('hopgate.run'), {
    value: (handler) => {
      now = host.now();
      const out = handler(parse(host.input()));
      if (out === null || typeof out !== 'object' || typeof out.then !== 'function') {
        host.done(stringify(out));
        return;
      }
      out.then((value) => host.done(stringify(value)), (error) => host.fail(String(error)));
    },
  });
})`;
