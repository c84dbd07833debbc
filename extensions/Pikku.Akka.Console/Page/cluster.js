import { plot } from './plot.js';
import { act, age, badge, button, make, number, panel, rate, size, table } from './view.js';

/** @import { ClusterUpdate, LinkState, NodeState } from './client.js' */
/** @import { Console } from './app.js' */

/**
 * The nodes, the links between them and the load.
 * @param {Console} console
 */
export function createCluster({ route, onUpdate }) {
  const plots = {
    connections: plot('Connections', number),
    received: plot('Messages per second', rate),
    published: plot('Events published per second', rate),
    delivered: plot('Deliveries per second', rate),
    failed: plot('Failures per second', rate, { alarm: true }),
  };
  /** @type {Set<string>} */
  let silentNodes = new Set();
  const nodes = panel('nodes', 'Nodes');
  const links = panel('links', 'Links between nodes');

  const nodeTable = table({
    caption: 'Nodes of the cluster',
    empty: 'No node is known yet.',
    keyOf: (/** @type {NodeState} */ node) => node.node,
    className: node => (node.isStale ? 'stale' : ''),
    columns: [
      { title: 'Node', version: node => `${node.node}${node.isSelf}`, show: node => [make('code', {}, node.node), ...(node.isSelf ? [badge('this node')] : [])] },
      { title: 'State', version: node => JSON.stringify(stateOf(node)), show: node => stateOf(node).map(([text, kind]) => badge(text, kind)) },
      { title: 'As of', number: true, show: node => (node.age === undefined ? 'never' : node.isStale ? `${age(node.age)} ago` : 'now') },
      { title: 'Roles', show: node => node.roles.join(', ') || '–' },
      { title: 'Connections', number: true, show: node => number(node.connections) },
      { title: 'Topics', number: true, show: node => number(node.topics) },
      { title: 'Subscriptions', number: true, show: node => number(node.subscriptions) },
      { title: 'Kept events', number: true, show: node => (node.keptEvents === undefined ? '–' : `${number(node.keptEvents)} (${size(node.keptBytes)})`) },
      { title: 'Memory', number: true, show: node => size(node.memory) },
      { title: 'Actions', number: true, version: node => `${node.isDraining}`, show: node => [make('div', { className: 'buttons' }, drainButton(node))] },
    ],
  });
  const linkTable = table({
    caption: 'Links between the nodes: how events get from one node to another',
    empty: 'There is one node alone.',
    keyOf: (/** @type {LinkState} */ link) => `${link.from} ${link.to}`,
    className: link => (silentNodes.has(link.from) ? 'stale' : ''), // what the node has told last
    columns: [
      { title: 'From', show: link => link.from },
      { title: 'To', show: link => link.to },
      { title: 'Link', version: link => `${link.isLinked}${link.isHeldBack}`, show: link => [link.isLinked ? badge('linked', 'good') : badge('not linked', 'bad'), ...(link.isHeldBack ? [badge('held back', 'bad')] : [])] },
      { title: 'Lag', number: true, show: link => (link.lag === undefined ? 'unknown' : link.lag === 1 ? '1 batch' : `${number(link.lag)} batches`) },
      { title: 'Gaps', number: true, version: link => `${link.lost}`, show: link => (link.lost ? [badge(`${number(link.lost)} lost`, 'bad')] : link.lost === 0 ? 'none' : 'unknown') },
      { title: 'Not acknowledged', number: true, show: link => size(link.unacknowledged) },
    ],
  });
  nodes.body.append(nodeTable.root);
  links.body.append(linkTable.root);

  /**
   * @param {NodeState} node
   * @returns {[string, '' | 'good' | 'wait' | 'bad'][]}
   */
  function stateOf(node) {
    /** @type {[string, '' | 'good' | 'wait' | 'bad'][]} */
    const states = [];
    if (node.isStale) states.push(['does not answer', 'bad']);
    if (!node.isReachable) states.push(['unreachable', 'bad']);
    if (node.isDraining) states.push(['draining', 'wait']);
    if (node.age === undefined && !node.isStale) states.push(['no answer yet', 'wait']);
    if (node.problem && !node.isStale) states.push(['not ready', 'wait']);
    if (states.length === 0) states.push([node.status === 'Up' || node.status === 'Alone' ? 'ready' : node.status, node.status === 'Up' || node.status === 'Alone' ? 'good' : 'wait']);
    return states;
  }

  /** @param {NodeState} node */
  function drainButton(node) {
    const drain = button('Drain…', `Drain node ${node.node}`, () => void act(
      () => route.send('drain', { node: node.node }), `${node.node} drains its connections.`,
      {
        title: `Drain ${node.node}?`,
        text: 'The node closes its connections, whose clients connect again to the other nodes, and accepts no others until it is restarted.'
          + (node.isSelf ? ' It serves this console, which is closed too.' : ''),
        button: 'Drain the node',
      }));
    drain.disabled = node.isDraining;
    return drain;
  }

  /** @type {Map<string, NodeState>} */
  let before = new Map();

  /**
   * The sum of the rates of all nodes that answer; null until two states are known.
   * @param {NodeState[]} all
   * @param {'received' | 'published' | 'delivered' | 'failed'} what
   */
  function rateOf(all, what) {
    let sum = 0;
    let isKnown = false;
    for (const node of all) {
      const last = before.get(node.node);
      if (!last?.totals || !node.totals || node.isStale || !node.at || !last.at || node.at <= last.at) {
        if (last && !node.isStale && node.at === last.at) {
          sum += rates.get(`${node.node} ${what}`) ?? 0; // the node has not answered again yet
          isKnown ||= rates.has(`${node.node} ${what}`);
        }
        continue;
      }
      const value = Math.max(0, node.totals[what] - last.totals[what]) / ((node.at - last.at) / 1000);
      rates.set(`${node.node} ${what}`, value);
      sum += value;
      isKnown = true;
    }
    return isKnown ? sum : null;
  }

  /** @type {Map<string, number>} */
  const rates = new Map();

  onUpdate((/** @type {ClusterUpdate} */ update) => {
    const live = update.nodes.filter(node => !node.isStale);
    plots.connections.add(live.reduce((sum, node) => sum + (node.connections ?? 0), 0));
    for (const what of /** @type {const} */ (['received', 'published', 'delivered', 'failed'])) plots[what].add(rateOf(update.nodes, what));
    before = new Map(update.nodes.map(node => [node.node, node]));
    const silent = update.nodes.length - live.length;
    nodes.info.textContent = silent ? `${live.length} of ${update.nodes.length} nodes answer` : `${update.nodes.length} ${update.nodes.length === 1 ? 'node' : 'nodes'}`;
    silentNodes = new Set(update.nodes.filter(node => node.isStale).map(node => node.node));
    nodeTable.show(update.nodes);
    linkTable.show(update.links);
    links.root.hidden = update.nodes.length < 2;
  });

  return {
    root: make('section', { 'aria-label': 'Cluster' },
      make('div', { className: 'plots', role: 'group', 'aria-label': 'Load of the last five minutes' }, ...Object.values(plots).map(one => one.root)), nodes.root, links.root),
  };
}
