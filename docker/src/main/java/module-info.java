/// Containers, networks and volumes over the Docker Engine API.
@org.jspecify.annotations.NullMarked
module dev.sexton.docker {
  requires transitive dev.sexton;
  requires com.google.gson;
  requires static transitive org.jspecify;

  exports dev.sexton.docker;

  provides dev.sexton.spi.ResourceProviderFactory with
      dev.sexton.docker.DockerProviderFactory;
}
