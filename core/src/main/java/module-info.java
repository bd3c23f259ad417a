/** Instances, liveness and the sweep. */
@org.jspecify.annotations.NullMarked
module dev.sexton {
  requires com.google.gson;
  requires static transitive org.jspecify;

  exports dev.sexton;
  exports dev.sexton.spi;

  uses dev.sexton.spi.ResourceProviderFactory;
}
