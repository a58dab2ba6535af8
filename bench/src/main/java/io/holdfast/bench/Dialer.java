package io.holdfast.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/**
 * Opens the driver's connections, all on one event loop: the other cores belong to the server. Of
 * several ports each takes one in turn.
 */
final class Dialer implements AutoCloseable {
  private static final int AT_ONCE = 128;

  /** Below the size of Linux' usual range of local ports (28,232), with room for other users. */
  private static final int PER_ADDRESS = 20_000;

  /** Bytes that the kernel takes in for a connection with little room. */
  private static final int NARROW_BUFFER = 4096;

  /** The largest segment on an Ethernet; a loopback's would have the sender buffer megabytes. */
  private static final int NARROW_SEGMENT = 1448;

  private static final IntegerUnixChannelOption SEGMENT =
      new IntegerUnixChannelOption("TCP_MAXSEG", 6, 2);

  private final IoEventLoopGroup group;
  private final EventLoop loop;
  private final List<Integer> ports;
  private final String path;
  private final boolean narrow;
  private int dialled;

  Dialer(List<Integer> ports, String extraParameters) {
    this(
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()),
        ports,
        "/?v=6&format=json&key=" + Load.KEY + "&heartbeats=false" + extraParameters,
        false);
  }

  private Dialer(IoEventLoopGroup group, List<Integer> ports, String path, boolean narrow) {
    this.group = group;
    this.loop = group.next();
    this.ports = List.copyOf(ports);
    this.path = path;
    this.narrow = narrow;
  }

  /** Opens connections on the same event loop that have as little room as can be for what comes. */
  Dialer narrow() {
    return new Dialer(group, ports, path, true);
  }

  /** Opens connections on the same event loop, to one of the ports. */
  Dialer only(int index) {
    return new Dialer(group, List.of(ports.get(index)), path, narrow);
  }

  int ports() {
    return ports.size();
  }

  EventLoop loop() {
    return loop;
  }

  /** Opens a connection for each reader and waits until the server has greeted them all. */
  List<ClientSocket> open(int count, IntFunction<ClientSocket.Reader> readers) {
    var room = new Semaphore(AT_ONCE);
    var pending = new ArrayList<CompletableFuture<ClientSocket>>(count);
    for (int i = 0; i < count; i++) {
      room.acquireUninterruptibly();
      CompletableFuture<ClientSocket> socket = dial(readers.apply(i));
      pending.add(socket.whenComplete((done, failure) -> room.release()));
    }
    return pending.stream().map(Dialer::await).toList();
  }

  private CompletableFuture<ClientSocket> dial(ClientSocket.Reader reader) {
    return dial(reader, "");
  }

  /**
   * One connection; on the event loop, or while nobody else opens any.
   *
   * @param more parameters, as they stand in the address
   */
  CompletableFuture<ClientSocket> dial(ClientSocket.Reader reader, String more) {
    var socket = new ClientSocket(path + more, reader);
    // Another local address for every so many connections, before its ports run out.
    var source = new InetSocketAddress(loopback(1 + dialled / PER_ADDRESS), 0);
    int port = ports.get(dialled++ % ports.size());
    bootstrap()
        .handler(socket)
        .connect(new InetSocketAddress(loopback(1), port), source)
        .addListener(
            connect -> {
              if (!connect.isSuccess()) {
                socket.connected().completeExceptionally(connect.cause());
              }
            });
    return socket.connected();
  }

  private Bootstrap bootstrap() {
    var bootstrap = new Bootstrap();
    if (narrow) {
      bootstrap.option(ChannelOption.SO_RCVBUF, NARROW_BUFFER).option(SEGMENT, NARROW_SEGMENT);
    }
    RecvByteBufAllocator atOnce =
        narrow
            ? new FixedRecvByteBufAllocator(Throttle.AT_ONCE).maxMessagesPerRead(1)
            : new AdaptiveRecvByteBufAllocator(512, 4096, 65_536);
    return bootstrap
        .group(loop)
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        // Else the local port is taken at bind, and ten thousand in TIME_WAIT are not reused.
        .option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true)
        // Ends with a reset and no TIME_WAIT: the next ten thousand follow at once.
        .option(ChannelOption.SO_LINGER, 0)
        .option(ChannelOption.RECVBUF_ALLOCATOR, atOnce);
  }

  private static InetAddress loopback(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("Four bytes are an address.", e);
    }
  }

  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new LoadFailure("No connection: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new LoadFailure("The server did not answer within 30 s.", e);
    } catch (InterruptedException e) {
      throw new LoadFailure("Interrupted.", e);
    }
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
