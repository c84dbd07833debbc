import { make } from './view.js';

const MAX_DEPTH = 4; // deeper values are written as JSON

let ids = 0;

/** @typedef {{ root: HTMLElement, read: () => any }} Field `read` returns undefined for a value that is left out, and throws for one that is not valid. */

/**
 * Fields for a value with a JSON schema. What has no fields of its own is written as JSON.
 * @param {any} schema
 * @returns {Field}
 */
export function fieldsOf(schema) {
  return schema && typeof schema === 'object' ? fieldOf('Event', schema, true, 0) : json('Event (JSON)', true);
}

/**
 * @param {string} title
 * @param {any} schema
 * @param {boolean} required
 * @param {number} depth
 * @returns {Field}
 */
function fieldOf(title, schema, required, depth) {
  const types = Array.isArray(schema.type) ? schema.type : schema.type ? [schema.type] : [];
  const type = types.filter((/** @type {string} */ one) => one !== 'null')[0];
  const mayBeNull = types.includes('null');
  if (Array.isArray(schema.enum)) return choice(title, schema.enum, required);
  if (type === 'object' && schema.properties && depth < MAX_DEPTH) return object(title, schema, required, depth);
  if (type === 'boolean') return mayBeNull || !required ? choice(title, [true, false], required && !mayBeNull) : check(title);
  if (type === 'string') return text(title, required && !mayBeNull, mayBeNull && required);
  if (type === 'integer' || type === 'number') return amount(title, type === 'integer', required && !mayBeNull, mayBeNull && required);
  return json(`${title} (JSON)`, required);
}

/**
 * @param {string} title
 * @param {(id: string) => any} create
 * @returns {[HTMLElement, any]}
 */
function labelled(title, create) {
  const id = `field-${++ids}`;
  const input = create(id);
  return [make('div', {}, make('label', { for: id }, title), input), input];
}

/**
 * @param {string} title
 * @param {any} schema
 * @param {boolean} required
 * @param {number} depth
 * @returns {Field}
 */
function object(title, schema, required, depth) {
  const names = Object.keys(schema.properties);
  const fields = names.map(name => fieldOf(name, schema.properties[name], (schema.required ?? []).includes(name), depth + 1));
  const root = make('fieldset', { className: 'fields' }, make('legend', { className: depth === 0 ? 'hidden-text' : '' }, title), ...fields.map(field => field.root));
  return {
    root,
    read() {
      const entries = names.map((name, index) => [name, fields[index]?.read()]).filter(([, value]) => value !== undefined);
      return entries.length === 0 && !required ? undefined : Object.fromEntries(entries);
    },
  };
}

/**
 * @param {string} title
 * @param {any[]} values
 * @param {boolean} required
 * @returns {Field}
 */
function choice(title, values, required) {
  const [root, input] = labelled(title, id => make('select', { id },
    ...(required ? [] : [make('option', { value: '' }, '(left out)')]), ...values.map((value, index) => make('option', { value: `${index}` }, String(value)))));
  return { root, read: () => (input.value === '' ? undefined : values[Number(input.value)]) };
}

/**
 * @param {string} title
 * @returns {Field}
 */
function check(title) {
  const id = `field-${++ids}`;
  const input = make('input', { type: 'checkbox', id });
  return { root: make('div', { className: 'check' }, input, make('label', { for: id }, title)), read: () => input.checked };
}

/**
 * @param {string} title
 * @param {boolean} required
 * @param {boolean} isNull What an empty field means.
 * @returns {Field}
 */
function text(title, required, isNull) {
  const [root, input] = labelled(title, id => make('input', { id, autocomplete: 'off' }));
  return { root, read: () => (input.value === '' && !required ? (isNull ? null : undefined) : input.value) };
}

/**
 * @param {string} title
 * @param {boolean} isWhole
 * @param {boolean} required
 * @param {boolean} isNull
 * @returns {Field}
 */
function amount(title, isWhole, required, isNull) {
  const [root, input] = labelled(title, id => make('input', { id, type: 'number', step: isWhole ? '1' : 'any', required, autocomplete: 'off' }));
  return { root, read: () => (input.value === '' ? (isNull ? null : undefined) : Number(input.value)) };
}

/**
 * @param {string} title
 * @param {boolean} required
 * @returns {Field}
 */
function json(title, required) {
  const [root, input] = labelled(title, id => make('textarea', { id, required, spellcheck: false }));
  return {
    root,
    read() {
      if (input.value.trim() === '' && !required) return undefined;
      try {
        return JSON.parse(input.value);
      } catch (error) {
        throw new Error(`${title}: ${/** @type {Error} */ (error).message}`);
      }
    },
  };
}
