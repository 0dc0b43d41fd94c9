// What is refused before a modal is sent, in the words that the workspace uses too.

import { STATE_KEY } from "./elements.js";

const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** A sentence for each input block that needs correction, by block id. */
export function problems(blocks, values) {
  const found = {};
  for (const block of blocks) {
    if (block.type !== "input") continue;
    const state = values.get(block.block_id, block.element.action_id);
    const value = state?.[STATE_KEY[block.element.type]];
    const sentence = problem(block, value);
    if (sentence) found[block.block_id] = sentence;
  }
  return found;
}

function problem({ element, optional }, value) {
  if (value === null || value === undefined || value === "" || value.length === 0) {
    return optional ? null : "Please complete this required field.";
  }
  if (element.type === "plain_text_input") return lengthProblem(element, value);
  if (element.type === "email_text_input" && !EMAIL.test(value)) return "Please enter a valid email address.";
  if (element.type === "url_text_input" && !/^https?:/i.test(value)) return "Please enter a valid URL.";
  if (element.type === "number_input") return numberProblem(element, value);
  return null;
}

function lengthProblem(element, value) {
  const length = [...value].length; // characters as the workspace counts them
  if (length < (element.min_length ?? 0)) return `Please enter at least ${element.min_length} characters.`;
  const most = element.max_length ?? 3000;
  if (length > most) return `Please enter at most ${most} characters.`;
  return null;
}

function numberProblem(element, value) {
  if (!NUMBER.test(value)) return "Please enter a number.";
  if (value.includes(".") && !element.is_decimal_allowed) return "Please enter a whole number.";
  if (element.min_value !== undefined && Number(value) < Number(element.min_value)) {
    return `Please enter a number of at least ${element.min_value}.`;
  }
  if (element.max_value !== undefined && Number(value) > Number(element.max_value)) {
    return `Please enter a number of at most ${element.max_value}.`;
  }
  return null;
}
