package dev.sexton.kubernetes.internal.api;

import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.util.regex.Pattern;

/// The name of an object. Reports show it with the namespace.
final class ObjectName {
  /// An RFC 1123 subdomain, which is the widest form that a kind of ours has.
  private static final Pattern FORM = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  private ObjectName() {}

  /// Returns a name that can be part of a path.
  ///
  /// @throws IOException if it could lead elsewhere
  static String require(String name) throws IOException {
    if (!FORM.matcher(name).matches()) {
      throw new IOException("not the name of an object: \"" + name + "\"");
    }
    return name;
  }

  /// Returns the name in reports, such as `sessions/s-1`.
  static String reported(String namespace, String name) {
    return namespace + "/" + name;
  }

  /// Returns the name of a resource in this namespace.
  ///
  /// @throws IOException if it is not in this namespace
  static String of(LabelledResource resource, String namespace) throws IOException {
    if (!resource.name().startsWith(namespace + "/")) {
      throw new IOException(resource.name() + " is not in the namespace " + namespace);
    }
    return require(resource.name().substring(namespace.length() + 1));
  }
}
