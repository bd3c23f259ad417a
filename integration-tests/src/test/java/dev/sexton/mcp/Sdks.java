package dev.sexton.mcp;

import dev.sexton.testkit.Packages;
import dev.sexton.testkit.Python;
import dev.sexton.testsupport.Requirement;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/// The packages that the tests need from npm and PyPI. The tests are skipped if these cannot be
/// installed, and fail instead if `SEXTON_REQUIRE_SDKS` is 1.
final class Sdks {
  private Sdks() {}

  /// Returns the Python SDK, in its own environment.
  static Path python() {
    return require(() -> Packages.python("mcp-sdk-pypi", Python.python3(), List.of("mcp==1.30.0")));
  }

  /// Returns the TypeScript SDK.
  static Path typescript() {
    return require(() -> Packages.node("mcp-sdk-npm", List.of("@modelcontextprotocol/sdk@1.32.2")));
  }

  /// Returns the conformance suite and the Inspector, with the Node version that they need.
  static Path judges() {
    return require(() ->
        Packages.node(
            "mcp-judges",
            List.of(
                "node@22",
                "@modelcontextprotocol/sdk@1.32.2",
                "@modelcontextprotocol/conformance@0.2.0-alpha.12",
                "@modelcontextprotocol/inspector@2.12.0")));
  }

  private static Path require(Callable<Path> packages) {
    return Requirement.SDKS.get("no SDKs here", packages);
  }
}
