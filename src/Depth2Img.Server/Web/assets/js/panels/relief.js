// A picture's depth as a mesh: a grid over the picture, each vertex nearer to the viewer as its depth is.

/** The most vertices along the longer side. */
const MOST_VERTICES = 320;

/** Between two neighbours of the grid, depth that differs by more is another thing behind, not a slope. */
const JUMP = 0.06;

/**
 * Makes the mesh.
 * @param {import('./depth-plane.js').DepthPlane} depth The map; its aspect is the mesh's.
 * @returns Positions with x from -aspect to aspect, y from -1 to 1 and z from 0 (farthest) to 1, texture coordinates, the triangles of the
 * whole grid, and those without the ones that stretch over jumps of depth.
 */
export function buildRelief(depth) {
  const aspect = depth.width / depth.height;
  const grid = depth.atMost(MOST_VERTICES - 1);
  const columns = Math.max(2, grid.width), rows = Math.max(2, grid.height);
  const map = grid.resized(columns, rows);
  const positions = new Float32Array(3 * columns * rows), uvs = new Float32Array(2 * columns * rows);
  for (let y = 0, n = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, n++) {
      const u = x / (columns - 1), v = y / (rows - 1);
      positions.set([(2 * u - 1) * aspect, 1 - 2 * v, map.values[n]], 3 * n);
      uvs.set([u, 1 - v], 2 * n);
    }
  }
  const whole = [], cut = [];
  for (let y = 0; y + 1 < rows; y++) {
    for (let x = 0; x + 1 < columns; x++) {
      const a = y * columns + x, b = a + 1, c = a + columns, d = c + 1;
      whole.push(a, c, b, b, c, d);
      const corners = [map.values[a], map.values[b], map.values[c], map.values[d]];
      if (Math.max(...corners) - Math.min(...corners) <= JUMP) cut.push(a, c, b, b, c, d);
    }
  }
  return { aspect, columns, rows, positions, uvs, whole: Uint32Array.from(whole), cut: Uint32Array.from(cut) };
}
