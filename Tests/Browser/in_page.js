// What is measured inside a page. The file is one expression: an object of functions.
(() => {
  const INTERACTIVE =
    'a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, iframe, audio[controls], ' +
    'video[controls], [tabindex], [contenteditable=true]';

  const name = (element) => {
    const id = element.id ? '#' + element.id : '';
    const classes = [...element.classList].map((c) => '.' + c).join('');
    const text = (element.getAttribute('aria-label') || element.innerText || element.name || '').trim();
    return `${element.tagName.toLowerCase()}${id}${classes}${text ? ` "${text.replace(/\s+/g, ' ').slice(0, 40)}"` : ''}`;
  };

  const isShown = (element) => {
    if (!element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  };

  const isReadAloudOnly = (element) => {
    const box = element.getBoundingClientRect();
    return box.width <= 1 || box.height <= 1;
  };

  // Of radio buttons of one name, Tab stops at one.
  const isStop = (element) => {
    if (element.tabIndex < 0 || element.matches(':disabled') || !isShown(element)) return false;
    if (element.tagName === 'SUMMARY' && element.parentElement.querySelector(':scope > summary') !== element) return false;
    if (element.type !== 'radio' || element.checked) return true;
    const group = [...(element.form || document).querySelectorAll('input[type=radio]')].filter((r) => r.name === element.name);
    return !group.some((radio) => radio.checked) && group[0] === element;
  };

  const scrollsSideways = (element) => ['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(element).overflowX);

  const indicator = (element) => {
    const style = getComputedStyle(element);
    const outline = `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`;
    const isDrawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1 &&
      !/^rgba\(.*, 0\)$|^transparent$/.test(style.outlineColor);
    return { outline: isDrawn ? outline : 'none', shadow: style.boxShadow };
  };

  let stops = [];
  let atRest = [];
  // What Tab stops at without being a control: a box that scrolls.
  let others = [];

  return {
    /** What makes the page wider than its window. */
    overflow() {
      const root = document.documentElement;
      if (root.scrollWidth <= root.clientWidth) return [];
      const isOut = (element) =>
        isShown(element) && (element.getBoundingClientRect().right > root.clientWidth + 0.5) && (() => {
          for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
            if (scrollsSideways(box)) return false;
          }
          return true;
        })();
      const out = [...document.body.querySelectorAll('*')].filter(isOut);
      const inner = out.filter((element) => ![...element.children].some((child) => out.includes(child)));
      const who = inner.slice(0, 3).map(name).join(', ');
      return [`is ${root.scrollWidth} px wide in ${root.clientWidth}: ${who || 'no element sticks out by itself'}`];
    },

    /** Texts that are cut off by their boxes. */
    clipped() {
      return [...document.body.querySelectorAll('*')]
        .filter((element) => {
          const style = getComputedStyle(element);
          const cuts = ['hidden', 'clip'].includes(style.overflowX) || ['hidden', 'clip'].includes(style.overflowY);
          if (!cuts || !element.innerText || !isShown(element) || isReadAloudOnly(element)) return false;
          return element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
        })
        .map((element) => `cuts off ${name(element)}`);
    },

    /** Notes everything that Tab must reach, in the order of the document, and how it looks at rest. */
    stops() {
      if (document.activeElement) document.activeElement.blur();
      stops = [...document.querySelectorAll(INTERACTIVE)].filter(isStop);
      atRest = stops.map(indicator);
      others = [];
      return stops.map(name);
    },

    /** Where the focus is, and whether that can be seen. */
    focus() {
      const element = document.activeElement;
      if (!element || element === document.body || element === document.documentElement) return null;
      if (!stops.includes(element) && !others.includes(element)) others.push(element);
      const index = stops.includes(element) ? stops.indexOf(element) : -1 - others.indexOf(element);
      const look = indicator(element);
      const rest = atRest[index] || { outline: 'none', shadow: 'none' };
      const isSeen = (look.outline !== 'none' && look.outline !== rest.outline) ||
        (look.shadow !== 'none' && look.shadow !== rest.shadow);
      const points = [...element.getClientRects()].flatMap((box) => [
        [box.left + box.width / 2, box.top + box.height / 2], [box.left + 2, box.top + 2], [box.right - 2, box.top + 2],
        [box.left + 2, box.bottom - 2], [box.right - 2, box.bottom - 2],
      ]);
      const isInFront = points.some(([x, y]) => {
        const hit = document.elementFromPoint(x, y);
        return hit && (element.contains(hit) || (element.labels && [...element.labels].some((label) => label.contains(hit))));
      });
      return { index, name: name(element), isSeen, isInFront };
    },

    /** Opens what can be opened in the page's own part: what is inside is looked at too. */
    open() {
      const closed = [...document.querySelectorAll('main details:not([open])')];
      for (const details of closed) details.open = true;
      return closed.length;
    },

    /** What moves although the person asked for less motion. */
    moving() {
      const running = document.getAnimations().map((animation) => `moves ${name(animation.effect.target)}`);
      const smooth = getComputedStyle(document.documentElement).scrollBehavior === 'smooth' ? ['scrolls smoothly'] : [];
      return [...running, ...smooth];
    },
  };
})()
