/// The command `service`: a watcher that systemd starts at every login or boot.
@org.jspecify.annotations.NullMarked
package dev.sexton.cli.service;
