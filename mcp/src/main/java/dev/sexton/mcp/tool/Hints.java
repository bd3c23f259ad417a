package dev.sexton.mcp.tool;

import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;

/** What a client may assume of a tool without knowing it. */
final class Hints {
  private Hints() {}

  /** It only looks. */
  static ToolAnnotations reading(String title) {
    return hints(title, true, false, true, false);
  }

  /** It adds something, and takes nothing away. */
  static ToolAnnotations adding(String title, boolean openWorld) {
    return hints(title, false, false, false, openWorld);
  }

  /** It takes something away; once more makes no difference. */
  static ToolAnnotations ending(String title) {
    return hints(title, false, true, true, false);
  }

  /** It may do anything, for it is up to what reads it. */
  static ToolAnnotations anything(String title) {
    return hints(title, false, true, false, true);
  }

  private static ToolAnnotations hints(
      String title, boolean readOnly, boolean destructive, boolean idempotent, boolean openWorld) {
    return ToolAnnotations.builder()
        .title(title)
        .readOnlyHint(readOnly)
        .destructiveHint(destructive)
        .idempotentHint(idempotent)
        .openWorldHint(openWorld)
        .build();
  }
}
