// Matches of a regular expression that came from a file: Oniguruma's dialect, in linear time whatever it says.
//
// Expressions of published tokenizers run as scanners. Others are compiled for a machine that remembers where it
// failed, so that neither a hostile expression nor a hostile text makes it exponential, or even quadratic.

import { scanner } from "../pretokenize.js";
import { type Cut, cutBy } from "../stage.js";
import { compile } from "./compile.js";
import { Machine } from "./machine.js";
import { parse } from "./parse.js";
import { publishedName } from "./published.js";

/**
 * Matches the expression `source` of a tokenizer.json file, to be given to `split`. The time is at most
 * (forks of the expression) × (length of the text), and so is the memory, by pages that are freed behind the search.
 *
 * @throws SyntaxError if the expression is wrong, longer than 20,000 characters or 5,000 steps, or means what is not supported:
 * back-references, conditionals, recursion, \G, \K, \R, \X, look-behind of varying width. The cut throws a RangeError
 * where 256 MiB would not be enough: an expression of hundreds of branches that goes back and forth over a long text.
 */
export function regex(source: string): Cut {
  const name = publishedName(source);
  if (name !== undefined) return cutBy(scanner(name));
  if (source.length > 20_000)
    throw new SyntaxError(`regex: the expression has ${source.length} characters, over 20000`);
  const program = compile(source, parse(source));
  return (text, start, end, onRange) => {
    const machine = new Machine(program, text, start, end);
    let lastEnd = -1;
    for (let at = start; at <= end; ) {
      const after = machine.matchAt(at);
      // As in Rust, an empty match does not follow another match at once.
      if (after > at || (after === at && at !== lastEnd)) onRange(at, after);
      if (after >= 0) lastEnd = after;
      at = after > at ? after : at + (at < end && text.codePointAt(at)! > 0xffff ? 2 : 1);
      machine.forget(at);
    }
  };
}
