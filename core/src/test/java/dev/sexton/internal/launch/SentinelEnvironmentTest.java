package dev.sexton.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SentinelEnvironmentTest {
  @Test
  void keepsWhatASweepNeedsAndNeitherTheMarkNorSecrets() {
    assertThat(
            SentinelEnvironment.of(
                Map.of(
                    "PATH", "/bin",
                    "HOME", "/home/me",
                    "LC_ALL", "C",
                    "DOCKER_HOST", "unix:///x",
                    "SSH_AUTH_SOCK", "/agent",
                    "SEXTON_HOME", "/s",
                    "SEXTON_INSTANCE", "mcp:1",
                    "SEXTON_KEEP", "1",
                    "JAVA_TOOL_OPTIONS", "-agentlib:x",
                    "API_TOKEN", "secret")))
        .containsOnlyKeys("PATH", "HOME", "LC_ALL", "DOCKER_HOST", "SSH_AUTH_SOCK", "SEXTON_HOME");
    assertThat(SentinelEnvironment.of(Map.of("KUBECONFIG", "/k", "KUBERNETES", "x")))
        .containsOnlyKeys("KUBECONFIG");
  }
}
