// @ts-check
// Draws what the extension posts: lanes of actors, lines as boxes from top (earlier) to bottom, ties as curves, and the scrubber.
(() => {
  const vscode = acquireVsCodeApi();
  const SVG = 'http://www.w3.org/2000/svg';
  const NARROWEST = 230, WIDEST = 420, ROW = 44, BOX = 34, PAD = 10, CODE = 7.3, PLACE = 6.2; // the last two: pixels a letter
  const ASKED_MS = 10_000; // a move that leads to no stop claims the focus no longer
  const SETTLED_MS = 1000; // after a stop has been shown the editor takes the focus no more
  const TIMES = 3; // that the focus is asked for after a move: when its place is opened, when the editor has loaded, and when that did not give it
  const AGAIN_MS = 300; // VS Code has given the focus by then, or only to the frame around the page
  const byId = (id) => document.getElementById(id);
  const stop = byId('stop'), timeline = byId('timeline'), scrubber = byId('scrubber'), landmarks = byId('landmarks'), graph = byId('graph'), reason = byId('reason');
  let overview = { lengthNs: 1, offsetNs: 0, landmarks: [] };
  let laneWidth = NARROWEST;
  let had = () => undefined; // what had the focus last
  let returns = 0; // how often the focus is still taken back from the editor, at the stop that has been asked for
  let settled; // the timer after which it is not
  let centre = () => undefined; // has the stop be seen

  function svg(name, attributes, parent, text) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  }

  const clipped = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
  const milliseconds = (ns) => `+${(ns / 1e6).toFixed(1)} ms`;

  /** Of several elements Tab enters at one, and the arrow keys lead to the others. */
  function enterAt(elements, one) {
    for (const element of elements) element.setAttribute('tabindex', element === one ? '0' : '-1');
  }

  function step(elements, from, direction) {
    elements[elements.indexOf(from) + direction]?.focus();
  }

  const share = (ns) => `${Math.min(Math.max((ns / overview.lengthNs) * 100, 0), 100)}%`;

  function showScrubber() {
    const drawn = [...overview.landmarks].sort((one, other) => one.offsetNs - other.offsetNs).map(drawLandmark);
    landmarks.replaceChildren(...drawn);
    const points = drawn.filter((button) => !button.classList.contains('span'));
    enterAt(drawn, points[0]);
    for (const button of points) {
      button.addEventListener('focus', () => enterAt(drawn, button));
      button.addEventListener('keydown', (event) => {
        if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') step(points, button, event.key === 'ArrowRight' ? 1 : -1);
        else return;
        event.preventDefault();
      });
    }
    byId('here').style.left = share(overview.offsetNs);
    scrubber.setAttribute('aria-valuemin', '0');
    scrubber.setAttribute('aria-valuemax', String(overview.lengthNs));
    scrubber.setAttribute('aria-valuenow', String(overview.offsetNs));
    scrubber.setAttribute('aria-valuetext', milliseconds(overview.offsetNs));
  }

  function drawLandmark(mark) {
    const button = document.createElement('button');
    button.className = `landmark ${mark.kind}`;
    button.dataset.at = mark.at;
    button.style.left = share(mark.offsetNs);
    if (mark.kind === 'span') button.style.width = share(mark.lengthNs);
    button.title = `${mark.title} (${milliseconds(mark.offsetNs)})`;
    button.setAttribute('aria-label', button.title);
    button.addEventListener('click', () => move({ type: 'travel', event: mark.at }));
    button.addEventListener('focus', () => say(reason, button.title));
    return button;
  }

  /** Moves the session. The stop that follows gives the focus to the editor: who is at work here gets it back. */
  function move(message) {
    returns = TIMES;
    settleIn(ASKED_MS);
    vscode.postMessage(message);
  }

  /** One timer for all: that of the stop before would end the claim of the next one. */
  function settleIn(ms) {
    clearTimeout(settled);
    settled = setTimeout(() => (returns = 0), ms);
  }

  // All is drawn anew at each stop, and VS Code gives the focus to the page, not to what had it: the scrubber, a landmark (by its event), or the graph.
  document.addEventListener('focusin', ({ target: focused }) => {
    if (focused === scrubber) had = () => scrubber;
    else if (graph.contains(focused)) had = () => graph.querySelector('.node[tabindex="0"]');
    else if (landmarks.contains(focused)) had = () => [...landmarks.children].find((one) => one.dataset.at === focused.dataset.at);
  });

  /** Gives the focus back, unless somebody is at work elsewhere. */
  function restore() {
    if (!timeline.hidden && document.hasFocus() && document.activeElement === document.body) had()?.focus({ preventScroll: true });
  }

  window.addEventListener('focus', restore);
  /** Has VS Code give the focus back, and looks whether it did: now and then it focuses the frame around the page, and no key arrives anywhere. */
  function reclaim() {
    if (returns === 0 || document.hasFocus()) return;
    returns -= 1;
    vscode.postMessage({ type: 'focus' });
    setTimeout(reclaim, AGAIN_MS);
  }

  window.addEventListener('blur', reclaim);

  /** One line, which a narrow panel may cut off: the whole of it on hover. */
  function say(where, text) {
    where.textContent = where.title = text;
  }

  const moment = (offsetNs) => move({ type: 'moment', offsetNs: Math.round(Math.min(Math.max(offsetNs, 0), overview.lengthNs)) });
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
    const current = drawn[nodes.findIndex((node) => node.at === here)] ?? drawn[0];
    enterAt(drawn, current);
    centre = () => current?.scrollIntoView({ block: 'center', inline: 'center' });
    centre();
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
    const group = svg('g', { class: `node ${node.at === here ? 'here' : ''}`, 'data-at': node.at, role: 'button', transform: `translate(${place.x} ${place.y})` }, root);
    const spoken = `${node.text || 'no recorded line'}, ${node.place}`;
    group.setAttribute('aria-label', spoken);
    if (node.at === here) group.setAttribute('aria-current', 'step');
    svg('rect', { width: laneWidth - 2 * PAD, height: BOX, rx: 3 }, group);
    svg('text', { class: 'code', x: 6, y: 14 }, group, clipped(node.text, Math.floor((laneWidth - 3 * PAD) / CODE)));
    svg('text', { class: 'place', x: 6, y: 28 }, group, clipped(node.place, Math.floor((laneWidth - 3 * PAD) / PLACE)));
    svg('title', {}, group, `${node.text}\n${node.place}`);
    const go = () => move({ type: 'travel', event: node.at });
    const tell = () => {
      say(reason, ties.filter((tie) => tie.dst === node.at).map((tie) => tie.reason).join(' · ') || spoken);
      for (const curve of root.querySelectorAll('.tie')) curve.classList.toggle('lit', curve.getAttribute('data-dst') === node.at);
    };
    group.addEventListener('click', go);
    group.addEventListener('mouseenter', tell);
    group.addEventListener('focus', () => {
      enterAt(graph.querySelectorAll('.node'), group);
      tell();
    });
    group.addEventListener('keydown', (event) => {
      const all = [...graph.querySelectorAll('.node')];
      const drawn = (at) => all.find((one) => one.dataset.at === at);
      if (event.key === 'Enter' || event.key === ' ') go();
      else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') step(all, group, event.key === 'ArrowDown' ? 1 : -1);
      else if (event.key === 'ArrowLeft') tied(ties.filter((tie) => tie.dst === node.at), 'src', drawn)?.focus();
      else if (event.key === 'ArrowRight') tied(ties.filter((tie) => tie.src === node.at), 'dst', drawn)?.focus();
      else return;
      event.preventDefault();
    });
    return group;
  }

  /** What these ties lead to; that the program goes on says less than the others. */
  function tied(ties, end, drawn) {
    return [...ties].sort((one, other) => (one.kind === 'program') - (other.kind === 'program')).map((tie) => drawn(tie[end])).find((found) => found);
  }

  window.addEventListener('message', ({ data }) => {
    say(stop, data.text ?? '');
    say(reason, '');
    const shown = data.type === 'show';
    timeline.hidden = !shown;
    document.body.classList.toggle('empty', !shown);
    if (!shown) {
      graph.replaceChildren();
      return;
    }
    settleIn(SETTLED_MS);
    overview = data.overview;
    showScrubber();
    showGraph(data.graph);
    restore();
  });
  new ResizeObserver(() => centre()).observe(graph);
  vscode.postMessage({ type: 'ready' });
})();
