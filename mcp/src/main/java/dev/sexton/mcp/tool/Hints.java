package dev.sexton.mcp.tool;

import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;

/// The hints that tell clients about the effects of a tool.
final class Hints {
  private Hints() {}

  /// The tool only reads.
  static ToolAnnotations reading(String title) {
    return hints(title, true, false, true, false);
  }

  /// The tool adds something and removes nothing.
  static ToolAnnotations adding(String title, boolean openWorld) {
    return hints(title, false, false, false, openWorld);
  }

  /// The tool removes something. Repeating the call makes no difference.
  static ToolAnnotations ending(String title) {
    return hints(title, false, true, true, false);
  }

  /// The tool may do anything, depending on the program that reads the input.
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
