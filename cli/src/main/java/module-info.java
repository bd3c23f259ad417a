/// The `sexton` command.
@org.jspecify.annotations.NullMarked
module dev.sexton.cli {
  requires dev.sexton;
  requires dev.sexton.docker;
  requires dev.sexton.kubernetes;
  requires com.google.gson;
  requires io.github.javadiffutils;
  requires org.apache.commons.cli;
  requires static transitive org.jspecify;

  // Only to the project's own modules.
  exports dev.sexton.cli to
      dev.sexton.mcp;
  exports dev.sexton.cli.command to
      dev.sexton.mcp;
  exports dev.sexton.cli.option to
      dev.sexton.mcp;
  exports dev.sexton.cli.output to
      dev.sexton.mcp;
  exports dev.sexton.cli.run to
      dev.sexton.mcp;

  uses dev.sexton.cli.command.Command;
}
