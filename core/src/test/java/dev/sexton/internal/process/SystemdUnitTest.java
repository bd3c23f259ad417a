package dev.sexton.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Tests which unit `/proc/PID/cgroup` names.
class SystemdUnitTest {
  @Test
  void theOnlyHierarchyOfVersion2() {
    assertThat(SystemdUnit.of("0::/system.slice/cron.service\n")).isEqualTo("cron.service");
    assertThat(SystemdUnit.of("0::/system.slice/cron.service")).isEqualTo("cron.service");
  }

  @Test
  void theNamedHierarchyOfVersion1() {
    assertThat(
            SystemdUnit.of(
                """
                12:memory:/user.slice/other.service
                1:name=systemd:/system.slice/cron.service
                """))
        .isEqualTo("cron.service");
  }

  @Test
  void theNamedHierarchyOutranksTheUnifiedOneBesideIt() {
    assertThat(
            SystemdUnit.of(
                """
                1:name=systemd:/system.slice/cron.service
                0::/system.slice/stale.service
                """))
        .isEqualTo("cron.service");
    assertThat(
            SystemdUnit.of(
                """
                1:name=systemd:/
                0::/system.slice/cron.service
                """))
        .isEqualTo("cron.service");
  }

  @Test
  void otherHierarchiesSayNothing() {
    assertThat(SystemdUnit.of("4:cpu,cpuacct:/system.slice/cron.service\n")).isEmpty();
    assertThat(SystemdUnit.of("4:name=elogind:/system.slice/cron.service\n")).isEmpty();
  }

  @Test
  void theDeepestUnitCounts() {
    String manager = "0::/user.slice/user-1000.slice/user@1000.service";
    assertThat(SystemdUnit.of(manager)).isEqualTo("user@1000.service");
    assertThat(SystemdUnit.of(manager + "/app.slice/app-firefox-123.scope\n"))
        .isEqualTo("app-firefox-123.scope");
    assertThat(SystemdUnit.of(manager + "/app.slice/a.service/inner/deeper\n"))
        .isEqualTo("a.service");
    assertThat(SystemdUnit.of(manager + "/init.scope\n")).isEqualTo("init.scope");
  }

  @Test
  void everyKindOfUnitThatHoldsProcesses() {
    for (String unit : new String[] {"a.service", "a.scope", "a.socket", "a.mount", "a.swap"}) {
      assertThat(SystemdUnit.of("0::/system.slice/" + unit)).isEqualTo(unit);
    }
  }

  @Test
  void aSliceIsNoUnitOfItsOwn() {
    assertThat(SystemdUnit.of("0::/user.slice/user-1000.slice\n")).isEmpty();
    assertThat(SystemdUnit.of("0::/\n")).isEmpty();
    assertThat(SystemdUnit.of("0::/.service\n")).isEmpty();
  }

  @Test
  void aContainer() {
    assertThat(SystemdUnit.of("0::/docker/0123456789abcdef\n")).isEmpty();
    assertThat(SystemdUnit.of("0::/system.slice/docker-0123456789abcdef.scope\n"))
        .isEqualTo("docker-0123456789abcdef.scope");
    assertThat(SystemdUnit.of("0::/kubepods.slice/pod1.slice/cri-1.scope/worker\n"))
        .isEqualTo("cri-1.scope");
  }

  @Test
  void aGroupAboveTheRootOfTheNamespace() {
    assertThat(SystemdUnit.of("0::/../..\n")).isEmpty();
    assertThat(SystemdUnit.of("0::/../cron.service\n")).isEqualTo("cron.service");
  }

  @Test
  void aPathMayHaveColons() {
    assertThat(SystemdUnit.of("0::/system.slice/a:b.service\n")).isEqualTo("a:b.service");
    assertThat(SystemdUnit.of("1:name=systemd:/a:b/c:d.scope\n")).isEqualTo("c:d.scope");
  }

  @Test
  void anUnreadableFileSaysThatNothingIsKnown() {
    assertThat(SystemdUnit.of("")).isNull();
  }

  @Test
  void whatIsNoLineOfTheFileIsPassedOver() {
    assertThat(SystemdUnit.of("cron.service\n:\n0:\n\n")).isEmpty();
    assertThat(SystemdUnit.of("garbage\n0::/system.slice/cron.service\n"))
        .isEqualTo("cron.service");
  }
}
