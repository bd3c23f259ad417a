/// Pods, jobs and other objects of Kubernetes.
@org.jspecify.annotations.NullMarked
module dev.sexton.kubernetes {
  requires transitive dev.sexton;
  requires com.google.gson;
  requires static transitive org.jspecify;

  exports dev.sexton.kubernetes;

  provides dev.sexton.spi.ResourceProviderFactory with
      dev.sexton.kubernetes.KubernetesProviderFactory;
}
