/// The part of HTTP/1.1 that the APIs of container engines and clusters need, over a Unix domain
/// socket, TCP, TLS or ssh, with one time limit for a whole exchange. It is implemented here on
/// purpose: a client library costs a one-shot command more start-up time than everything else it
/// does.
@NullMarked
package dev.sexton.internal.http;

import org.jspecify.annotations.NullMarked;
