/// The templates of pods that clients give, and what an operator allows in them.
package dev.sexton.mcp.pod;
