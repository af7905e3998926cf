// Slack's mrkdwn as nodes. Nothing in it is ever taken for HTML.

import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { slackDate } from "./time.js";

const NAMED = { amp: "&", lt: "<", gt: ">" };

const plain = (text) => text.replace(/&(amp|lt|gt);/g, (_, name) => NAMED[name]);

// In the order in which Slack looks for them; each gives its node, or null when it is plain text after all.
const RULES = [
  [/```\n?([\s\S]+?)```/y, (match) => el("pre", { text: plain(match[1]) })],
  [/`([^`\n]+)`/y, (match) => el("code", { text: plain(match[1]) })],
  [/<([^<>]+)>/y, (match, world) => entity(match[1], world)],
  [/\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])/y, (match, world) => el("strong", {}, ...inline(match[1], world))],
  [/_(?=\S)([^_\n]*[^_\s])_(?![\w_])/y, (match, world) => el("em", {}, ...inline(match[1], world))],
  [/~(?=\S)([^~\n]*[^~\s])~(?![\w~])/y, (match, world) => el("s", {}, ...inline(match[1], world))],
  [/:([a-z0-9_+-]+):/y, (match) => emoji(match[1])],
];
const STARTS = "`<*_~:";

/** The nodes of a text; `world` knows people and channels by their ids. */
export function mrkdwn(text, world) {
  const nodes = [];
  for (const part of text.split(/(```[\s\S]+?```|(?:^(?:&gt;|>).*$\n?)+)/m)) {
    if (/^(&gt;|>)/.test(part)) {
      const quoted = part.replace(/^(&gt;|>) ?/gm, "").replace(/\n$/, "");
      nodes.push(el("blockquote", {}, ...inline(quoted, world)));
    } else if (part) {
      nodes.push(...inline(part, world));
    }
  }
  return nodes;
}

function inline(text, world) {
  const nodes = [];
  let rest = "";
  const flush = () => {
    plain(rest).split("\n").forEach((line, index) => {
      if (index) nodes.push(el("br"));
      if (line) nodes.push(document.createTextNode(line));
    });
    rest = "";
  };
  for (let at = 0; at < text.length; ) {
    const found = STARTS.includes(text[at]) ? match(text, at, world) : null;
    if (found) {
      flush();
      nodes.push(found.node);
      at = found.end;
    } else {
      rest += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

function match(text, at, world) {
  for (const [pattern, make] of RULES) {
    // Markers inside a word, as in `snake_case`, are not markers.
    if ("*_~".includes(text[at]) && /\w/.test(text[at - 1] ?? "")) continue;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    const node = found && make(found, world);
    if (node) return { node, end: at + found[0].length };
  }
  return null;
}

function entity(inside, world) {
  const [target, label] = split(inside, "|");
  if (target.startsWith("@")) {
    return el("span", { class: "mention", text: `@${world.person(target.slice(1)) ?? label ?? target.slice(1)}` });
  }
  if (target.startsWith("#")) {
    return el("span", { class: "mention", text: `#${world.channel(target.slice(1)) ?? label ?? target.slice(1)}` });
  }
  if (target.startsWith("!subteam^")) {
    const id = target.slice("!subteam^".length);
    return el("span", { class: "mention", text: `@${world.group(id) ?? label ?? id}` });
  }
  if (target.startsWith("!date^")) {
    const [, seconds, pattern] = target.split("^");
    return slackDate(Number(seconds), pattern, label ?? "");
  }
  if (target.startsWith("!")) return el("span", { class: "mention", text: `@${target.slice(1)}` });
  if (/^(https?:\/\/|mailto:)/.test(target)) {
    return el("a", { href: plain(target), target: "_blank", rel: "noopener noreferrer", text: plain(label ?? target) });
  }
  return document.createTextNode(plain(`<${inside}>`));
}

function split(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
