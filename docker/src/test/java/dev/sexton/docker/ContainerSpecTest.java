package dev.sexton.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.docker.ContainerSpec.Mount;
import dev.sexton.docker.ContainerSpec.PortMapping;
import dev.sexton.docker.internal.engine.ImageReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests that an invalid container is refused before any engine is asked.
class ContainerSpecTest {
  private static final String HEX = "0123456789abcdef".repeat(4);

  @ParameterizedTest
  @CsvSource({
    "busybox, busybox, latest",
    "busybox:local, busybox, local",
    "a/b__c/d-e.f:V_1.2-3, a/b__c/d-e.f, V_1.2-3",
    "Host.example:5000/a/b, Host.example:5000/a/b, latest",
    "[::1]:5000/a:b, [::1]:5000/a, b",
    "localhost/a:1, localhost/a, 1",
  })
  void imagesAreTakenApart(String text, String name, String version) {
    assertThat(ImageReference.parse(text)).isEqualTo(new ImageReference(name, version));
  }

  @Test
  void digestCountsMoreThanTag() {
    assertThat(ImageReference.parse("a:b@sha256:" + HEX))
        .isEqualTo(new ImageReference("a", "sha256:" + HEX));
    assertThat(ImageReference.parse("sha256:" + HEX)).isEqualTo(new ImageReference("sha256", HEX));
    assertThat(ImageReference.parse("a".repeat(255)).name()).hasSize(255);
  }

  static Stream<String> notImages() {
    return Stream.of(
        "",
        " ",
        "a b",
        "-v /:/x",
        "-v",
        "--privileged",
        "a:",
        ":a",
        "a@",
        "a@sha256:12",
        "a//b",
        "/a",
        "a/",
        "A",
        "a..b",
        "../a",
        "a/../b",
        "a:b:c",
        "a?tag=b",
        "a&b",
        "a%2fb",
        "a\nb",
        "a\n",
        "a\0",
        "ä",
        "a:" + "b".repeat(129),
        "a".repeat(256),
        "a".repeat(10_000),
        "a/".repeat(5_000) + "a",
        "a-".repeat(290));
  }

  @ParameterizedTest
  @MethodSource("notImages")
  void whatIsNoImageIsRefusedInOneLine(String image) {
    assertRefused(() -> ContainerSpec.builder(image).build(), "image");
  }

  static Stream<UnaryOperator<ContainerSpec.Builder>> impossible() {
    return Stream.of(
        spec -> spec.name("-v"),
        spec -> spec.name("a b"),
        spec -> spec.name("a"),
        spec -> spec.name("a&image=b"),
        spec -> spec.name("a".repeat(256)),
        spec -> spec.command(List.of("a\0b")),
        spec -> spec.entrypoint(List.of("\0")),
        spec -> spec.workingDirectory("relative"),
        spec -> spec.workingDirectory("/\0"),
        spec -> spec.labels(Map.of("", "x")),
        spec -> spec.labels(Map.of("a=b", "x")),
        spec -> spec.environment(Map.of("", "x")),
        spec -> spec.environment(Map.of("A=B", "x")),
        spec -> spec.environment(Map.of("A\0", "x")),
        spec -> spec.environment(Map.of("A", "x\0y")),
        spec -> spec.ports(List.of(new PortMapping(80, 0), new PortMapping(80, 0))),
        spec -> spec.ports(List.of(new PortMapping(0, 0))),
        spec -> spec.ports(List.of(new PortMapping(65_536, 0))),
        spec -> spec.ports(List.of(new PortMapping(80, -1))),
        spec -> spec.ports(List.of(new PortMapping(80, 65_536))),
        spec -> spec.mounts(List.of(new Mount(Path.of("relative"), "/x", true))),
        spec -> spec.mounts(List.of(new Mount(Path.of("/tmp"), "x", true))),
        spec -> spec.mounts(List.of(new Mount(Path.of("/tmp"), "/", true))),
        spec -> spec.mounts(List.of(new Mount(Path.of("/tmp"), "/\0", true))),
        spec -> spec.mounts(List.of(new Mount(Path.of("/tmp,src=/etc"), "/x", true))),
        spec -> spec.mounts(List.of(new Mount(Path.of("/tmp"), "/x,rw", true))),
        spec -> spec.mounts(List.of(new Mount(Path.of("/tmp/a\nb"), "/x", true))),
        spec -> spec.memoryBytes(0L),
        spec -> spec.memoryBytes(-1L),
        spec -> spec.memoryBytes(6L * 1024 * 1024 - 1),
        spec -> spec.cpus(0.0),
        spec -> spec.cpus(-1.0),
        spec -> spec.cpus(Double.NaN),
        spec -> spec.cpus(Double.POSITIVE_INFINITY),
        spec -> spec.pidsLimit(0),
        spec -> spec.pidsLimit(-1));
  }

  @ParameterizedTest
  @MethodSource("impossible")
  void whatIsImpossibleIsRefusedInOneLine(UnaryOperator<ContainerSpec.Builder> change) {
    assertRefused(() -> change.apply(ContainerSpec.builder("busybox")).build(), "");
  }

  private static void assertRefused(ThrowingCallable what, String about) {
    assertThatThrownBy(what)
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(refusal ->
            assertThat(refusal.getMessage())
                .contains(about)
                .hasSizeLessThan(500)
                .doesNotContain("\n", "\0"));
  }

  @Test
  void specDoesNotChangeAfterwards() {
    List<String> command = new ArrayList<>(List.of("true"));
    ContainerSpec spec = ContainerSpec.builder("busybox").command(command).build();
    command.add("more");
    assertThat(spec.command()).containsExactly("true");
    assertThat(spec.init()).isTrue();
    assertThat(spec.pull()).isFalse();
  }
}
