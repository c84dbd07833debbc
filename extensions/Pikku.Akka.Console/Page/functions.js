import { openConnection } from './connections.js';
import { actionOf, badge, button, duration, make, number, panel, rate, table, time } from './view.js';

/** @import { ErrorState, FunctionState } from './client.js' */
/** @import { Console } from './app.js' */

/**
 * The functions of all nodes within the last minute, and the latest errors.
 * @param {Console} console
 */
export function createFunctions(console) {
  const functions = panel('functions', 'Functions');
  functions.info.textContent = 'the last minute, on all nodes that answer';
  const errors = panel('errors', 'Latest errors');
  errors.info.textContent = 'the id is in the log of the node';

  const functionTable = table({
    caption: 'Functions that ran within the last minute',
    empty: 'No function ran within the last minute.',
    keyOf: (/** @type {FunctionState} */ one) => `${one.channel} ${one.action}`,
    columns: [
      { title: 'Function', version: one => one.action, show: one => [make('code', {}, one.action)] },
      { title: 'Channel', show: one => one.channel },
      { title: 'Calls/s', number: true, show: one => rate(one.rate) },
      { title: 'Calls', number: true, show: one => number(one.calls) },
      { title: 'p50', number: true, show: one => duration(one.p50) },
      { title: 'p99', number: true, show: one => duration(one.p99) },
      { title: 'Failed', number: true, version: one => `${one.failed}`, show: one => (one.failed ? [badge(number(one.failed), 'bad')] : 'none') },
    ],
  });
  const errorTable = table({
    caption: 'The latest errors of all nodes',
    empty: 'No errors.',
    keyOf: (/** @type {ErrorState} */ one) => `${one.at} ${one.channelId} ${one.errorId ?? ''} ${one.name}`,
    columns: [
      { title: 'Error', version: one => one.name, show: one => [badge(one.name, one.errorId ? 'bad' : 'wait')] },
      { title: 'Function', version: one => one.action, show: one => [make('code', {}, actionOf(one.action))] },
      { title: 'Channel', show: one => one.channel },
      { title: 'Error id', version: one => one.errorId ?? '', show: one => (one.errorId ? [make('code', {}, one.errorId)] : '–') },
      { title: 'Node', show: one => one.node },
      { title: 'Time', number: true, show: one => time(one.at) },
      { title: 'Connection', version: one => one.channelId, show: one => [button(`${one.channelId.slice(0, 6)}…${one.channelId.slice(-6)}`, `Details of connection ${one.channelId}`, () => openConnection(console, one.channelId), 'link')] },
    ],
  });
  functions.body.append(functionTable.root);
  errors.body.append(errorTable.root);
  console.onUpdate(update => {
    functionTable.show(update.functions);
    errorTable.show(update.errors);
  });

  return { root: make('section', { 'aria-label': 'Functions' }, functions.root, errors.root) };
}
