/// Registers instances, determines their liveness and sweeps dead ones.
@org.jspecify.annotations.NullMarked
module dev.sexton {
  requires com.google.gson;
  requires static transitive org.jspecify;

  exports dev.sexton;
  exports dev.sexton.spi;

  // Internal packages are exported to the project's own modules only.
  exports dev.sexton.internal.doctor to
      dev.sexton.cli;
  exports dev.sexton.internal.launch to
      dev.sexton.cli;
  exports dev.sexton.internal.run to
      dev.sexton.cli;
  exports dev.sexton.internal.http to
      dev.sexton.docker,
      dev.sexton.kubernetes;

  uses dev.sexton.spi.ResourceProviderFactory;
}
