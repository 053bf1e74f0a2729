// @ts-check
// Draws what the extension posts: lanes of actors, lines as boxes from top (earlier) to bottom, ties as curves, and the scrubber.
(() => {
  const vscode = acquireVsCodeApi();
  const SVG = 'http://www.w3.org/2000/svg';
  const NARROWEST = 230, WIDEST = 420, ROW = 44, BOX = 34, PAD = 10, CODE = 7.3, PLACE = 6.2; // the last two: pixels a letter
  const byId = (id) => document.getElementById(id);
  const stop = byId('stop'), scrubber = byId('scrubber'), graph = byId('graph'), reason = byId('reason');
  let overview = { lengthNs: 1, offsetNs: 0, landmarks: [] };
  let laneWidth = NARROWEST;

  function svg(name, attributes, parent, text) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  }

  const clipped = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
  const milliseconds = (ns) => `+${(ns / 1e6).toFixed(1)} ms`;

  function showScrubber() {
    scrubber.replaceChildren();
    const share = (ns) => `${Math.min(Math.max((ns / overview.lengthNs) * 100, 0), 100)}%`;
    for (const mark of overview.landmarks) {
      const button = document.createElement('button');
      button.className = `landmark ${mark.kind}`;
      button.style.left = share(mark.offsetNs);
      if (mark.kind === 'span') button.style.width = share(mark.lengthNs);
      button.title = `${mark.title} (${milliseconds(mark.offsetNs)})`;
      button.tabIndex = mark.kind === 'span' ? -1 : 0;
      button.setAttribute('aria-label', button.title);
      button.addEventListener('click', (event) => {
        event.stopPropagation();
        vscode.postMessage({ type: 'travel', event: mark.at });
      });
      scrubber.append(button);
    }
    const here = document.createElement('div');
    here.id = 'here';
    here.style.left = share(overview.offsetNs);
    scrubber.append(here);
    scrubber.setAttribute('aria-valuemin', '0');
    scrubber.setAttribute('aria-valuemax', String(overview.lengthNs));
    scrubber.setAttribute('aria-valuenow', String(overview.offsetNs));
    scrubber.setAttribute('aria-valuetext', milliseconds(overview.offsetNs));
  }

  const moment = (offsetNs) => vscode.postMessage({ type: 'moment', offsetNs: Math.round(Math.min(Math.max(offsetNs, 0), overview.lengthNs)) });
  scrubber.addEventListener('click', (event) => moment((event.offsetX / scrubber.clientWidth) * overview.lengthNs));
  scrubber.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -0.01, ArrowRight: 0.01, PageUp: -0.1, PageDown: 0.1 }[event.key];
    if (step !== undefined) moment(overview.offsetNs + step * overview.lengthNs);
    else if (event.key === 'Home') moment(0);
    else if (event.key === 'End') moment(overview.lengthNs);
    else return;
    event.preventDefault();
  });

  function showGraph({ here, lanes, nodes, ties }) {
    const focused = graph.contains(document.activeElement);
    graph.replaceChildren();
    laneWidth = Math.min(Math.max(NARROWEST, Math.floor((graph.clientWidth - 2 * PAD) / lanes.length)), WIDEST);
    const lane = new Map(lanes.map((one, index) => [one.actor, index]));
    const box = new Map(nodes.map((node, row) => [node.at, { x: (lane.get(node.actor) ?? 0) * laneWidth + PAD, y: row * ROW + PAD }]));
    const width = lanes.length * laneWidth + PAD, height = nodes.length * ROW + PAD;
    graph.append(titles(lanes));
    const root = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}` }, graph);
    const marker = svg('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' }, svg('defs', {}, root));
    svg('path', { d: 'M0 0 L8 4 L0 8 z' }, marker);
    lanes.forEach((one, index) => svg('rect', { class: `lane ${index % 2 ? 'odd' : ''}`, x: index * laneWidth + 4, y: 0, width: laneWidth - 4, height }, root));
    for (const tie of ties) drawTie(root, tie, box.get(tie.src), box.get(tie.dst));
    const drawn = nodes.map((node) => drawNode(root, node, box.get(node.at), here, ties));
    const current = drawn[nodes.findIndex((node) => node.at === here)];
    current?.scrollIntoView({ block: 'center', inline: 'center' });
    if (focused) current?.focus({ preventScroll: true });
  }

  function titles(lanes) {
    const header = document.createElement('div');
    header.id = 'lanes';
    for (const { title } of lanes) {
      const cell = document.createElement('span');
      cell.style.width = `${laneWidth}px`;
      cell.textContent = cell.title = title;
      header.append(cell);
    }
    return header;
  }

  function drawTie(root, tie, from, to) {
    if (!from || !to) return;
    const width = laneWidth - 2 * PAD, same = from.x === to.x;
    const start = [from.x + (same ? 12 : to.x > from.x ? width : 0), from.y + (same ? BOX : BOX / 2)];
    const end = [to.x + (same ? 12 : to.x > from.x ? 0 : width), to.y + (same ? 0 : BOX / 2)];
    const bend = same ? 0 : (end[0] - start[0]) / 2;
    const path = same ? `M${start} L${end}` : `M${start} C${start[0] + bend},${start[1]} ${end[0] - bend},${end[1]} ${end}`;
    const curve = svg('path', { class: `tie ${tie.kind}`, d: path, 'marker-end': 'url(#arrow)', 'data-src': tie.src, 'data-dst': tie.dst }, root);
    svg('title', {}, curve, tie.reason);
  }

  function drawNode(root, node, place, here, ties) {
    const group = svg('g', { class: `node ${node.at === here ? 'here' : ''}`, tabindex: 0, role: 'button', transform: `translate(${place.x} ${place.y})` }, root);
    const spoken = `${node.text || 'no recorded line'}, ${node.place}`;
    group.setAttribute('aria-label', spoken);
    svg('rect', { width: laneWidth - 2 * PAD, height: BOX, rx: 3 }, group);
    svg('text', { class: 'code', x: 6, y: 14 }, group, clipped(node.text, Math.floor((laneWidth - 3 * PAD) / CODE)));
    svg('text', { class: 'place', x: 6, y: 28 }, group, clipped(node.place, Math.floor((laneWidth - 3 * PAD) / PLACE)));
    svg('title', {}, group, `${node.text}\n${node.place}`);
    const go = () => vscode.postMessage({ type: 'travel', event: node.at });
    const tell = () => {
      reason.textContent = ties.filter((tie) => tie.dst === node.at).map((tie) => tie.reason).join(' · ') || spoken;
      for (const curve of root.querySelectorAll('.tie')) curve.classList.toggle('lit', curve.getAttribute('data-dst') === node.at);
    };
    group.addEventListener('click', go);
    group.addEventListener('mouseenter', tell);
    group.addEventListener('focus', tell);
    group.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') go();
      else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') neighbour(group, event.key === 'ArrowDown' ? 1 : -1)?.focus();
      else return;
      event.preventDefault();
    });
    return group;
  }

  function neighbour(group, direction) {
    const all = [...graph.querySelectorAll('.node')];
    return all[all.indexOf(group) + direction];
  }

  window.addEventListener('message', ({ data }) => {
    stop.textContent = data.text ?? '';
    reason.textContent = '';
    const shown = data.type === 'show';
    scrubber.hidden = !shown;
    if (!shown) {
      graph.replaceChildren();
      return;
    }
    overview = data.overview;
    showScrubber();
    showGraph(data.graph);
  });
  vscode.postMessage({ type: 'ready' });
})();
