package dev.sexton.docker.internal.engine;

import java.io.IOException;

/// A version of the Docker Engine API, such as 1.41.
///
/// @param major the major version, such as 1
/// @param minor the minor version, such as 41
record ApiVersion(int major, int minor) {
  /// The newest version against whose documentation these calls were checked.
  static final ApiVersion NEWEST = new ApiVersion(1, 51);

  /// The version of Docker 1.12 (2016), the oldest that the docker command itself supports.
  static final ApiVersion OLDEST = new ApiVersion(1, 24);

  static ApiVersion parse(String text) throws IOException {
    int dot = text.indexOf('.');
    try {
      if (dot > 0) {
        return new ApiVersion(
            Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
      }
    } catch (NumberFormatException e) {
      throw new IOException("not an API version: " + text, e);
    }
    throw new IOException("not an API version: " + text);
  }

  boolean isOlderThan(ApiVersion other) {
    return major < other.major || (major == other.major && minor < other.minor);
  }

  /// Returns the path prefix, such as `/v1.41`.
  String prefix() {
    return "/v" + major + "." + minor;
  }
}
