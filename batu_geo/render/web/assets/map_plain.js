// What a map without tools does when it opens: its list, the bounds, the size of symbols.
// In a frame below the fold a map may have no size yet: then it waits for one.
function setUpPlain(map, bounds) {
  layFrame(map);
  let isFitted = false;
  const fit = () => {
    const { x, y } = map.getSize();
    if (isFitted || !x || !y) return;
    const left = [x < 640 ? 8 : 270, 8], right = [x < 900 ? 8 : 320, 8];
    map.fitBounds(bounds, isPhone() ? {} : { paddingTopLeft: left, paddingBottomRight: right });
    isFitted = true;
  };
  fit();
  new ResizeObserver(() => { map.invalidateSize(); fit(); }).observe(map.getContainer());
}
