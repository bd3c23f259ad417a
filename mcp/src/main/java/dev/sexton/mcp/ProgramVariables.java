package dev.sexton.mcp;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The environment variables that can change which program runs or what a program loads. These are
/// the variables of the dynamic linker, of shells, interpreters, build tools and their package
/// managers, and those that name a program or the place of settings. No such list is complete.
/// Where that matters, an operator lists the allowed variables instead.
final class ProgramVariables {
  static final Set<String> NAMES =
      words(
          """
          AR AS CC CPP CXX DISPLAY ENV F77 FC GLIBC_TUNABLES GOBIN GOENV GOROOT GOTOOLCHAIN IFS LD NM
          OBJCOPY PS0 PS1 PS2 PS3 PS4 RANLIB STRIP TERMCAP USERPROFILE VIRTUAL_ENV VISUAL ZDOTDIR
          """);

  static final Set<String> PREFIXES =
      words(
          """
          ANSIBLE_ ANT_ BASH BUILDKIT_ BUN_ BUNDLE_ CABAL_ CAML CARGO CCACHE_ CMAKE_ COMPILER_ COMPLUS_
          CONDA CONTAINER_ COR_ CORECLR_ COREPACK_ DBUS_ DENO_ DOCKER_ DOTNET_ DYLD_ ELECTRON_ ELIXIR_
          EMACS ERL_ GCC_ GDK_ GEM_ GHC GIO_ GIT_ GPG GRADLE_ GST_ GTK_ HELM_ JAVA JDK_ JULIA_ JVM_ KSH
          KUBE LDR_ LD_ LESS LIBGL_ LUA_ MAKE MALLOC_ MAN MAVEN_ MIX_ MONO_ MVN_ NODE_ NPM_ NPX_ NVIM
          OCAML OPENSSL_ PERL PHP PIPX_ PIP_ PNPM_ PODMAN_ POETRY_ PROMPT PYTHON QT_ RUBY RUST R_ SBT_
          SHELL SSH_ STACK_ SYSTEMD_ TCL TERMINFO TF_ TK_ UV_ VIM VK_ XDG_ YARN_ _JAVA _RLD
          """);

  static final Set<String> SUFFIXES =
      words(
          """
          ARGS ASKPASS BROWSER CMD COMMAND COMPILER CONFIG CONFIG_DIR EDITOR EXECUTABLE FLAGS HOME INIT
          LIB LINKER LOADER MODULE MODULES OPT OPTIONS OPTS PAGER PATH PATHS PLUGIN PLUGINS PREFIX
          PRELOAD PROGRAM PROXY RC RUNNER SHELL STARTUP WRAPPER
          """);

  /// Names with one of these prefixes that have no such effect.
  private static final Set<String> HARMLESS = Set.of("NODE_ENV", "PYTHONUNBUFFERED");

  private ProgramVariables() {}

  /// Returns whether a variable is one of them, ignoring case.
  static boolean contains(String variable) {
    String name = variable.toUpperCase(Locale.ROOT);
    return !HARMLESS.contains(name)
        && (NAMES.contains(name)
            || PREFIXES.stream().anyMatch(name::startsWith)
            || SUFFIXES.stream().anyMatch(name::endsWith));
  }

  private static Set<String> words(String text) {
    List<String> words = Arrays.asList(text.strip().split("\\s+", -1));
    return Set.copyOf(words);
  }
}
