package dev.sexton.docker.internal.engine;

import dev.sexton.ResourceKind;
import dev.sexton.internal.http.PercentEncoding;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;

/// Builds paths of the API. An ID that an engine reported earlier cannot lead to another path.
final class ResourcePath {
  private ResourcePath() {}

  /// Returns a path such as `/volumes/data`.
  static String of(LabelledResource resource) throws IOException {
    return switch (resource.kind()) {
      case CONTAINER -> "/containers/" + id(resource);
      case NETWORK -> "/networks/" + id(resource);
      case VOLUME -> "/volumes/" + id(resource);
      case PROCESS, JOB, POD, SERVICE, NETWORK_POLICY, CLAIM, SECRET, CONFIG_MAP ->
          throw new IllegalArgumentException("not a resource of an engine: " + resource);
    };
  }

  private static String id(LabelledResource resource) throws IOException {
    String id = resource.id();
    // Encoding alone is not enough: the engine decodes the path before it cleans up ../ in it. Only
    // volumes may have a slash, because some volume drivers have it in their names.
    boolean bad = id.isEmpty() || id.charAt(0) == '.' || id.contains("/.") || id.contains("//");
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      bad |= c <= ' ' || c == 127 || (c == '/' && resource.kind() != ResourceKind.VOLUME);
    }
    if (bad || id.startsWith("/") || id.endsWith("/")) {
      throw new IOException("not the ID of a " + resource.kind().word() + ": \"" + id + "\"");
    }
    return PercentEncoding.encode(id);
  }
}
