using System.Runtime.InteropServices;

namespace Pikku.Akka.Benchmarks.Load.Connections;

/// <summary>
/// The few Linux system calls that the load generator needs. Calling libc directly instead of System.Net.Sockets keeps the whole client
/// on one
/// thread without thread-pool hops. So on a small machine, the generator never takes more than one core, and its cost per message stays far
/// below that of the server.
/// </summary>
internal static unsafe partial class Native
{
    public const int AF_INET = 2, SOCK_STREAM = 1, SOCK_NONBLOCK = 0x800, SOCK_CLOEXEC = 0x80000;
    public const int IPPROTO_TCP = 6, TCP_NODELAY = 1, SOL_SOCKET = 1, SO_ERROR = 4;
    public const int IPPROTO_IP = 0, IP_BIND_ADDRESS_NO_PORT = 24;
    public const uint EPOLLIN = 1, EPOLLOUT = 4, EPOLLERR = 8, EPOLLHUP = 16;
    public const int EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3;
    public const int EAGAIN = 11, EINTR = 4, EINPROGRESS = 115;
    public const int MSG_NOSIGNAL = 0x4000;

    [StructLayout(LayoutKind.Sequential)]
    public struct SockAddrIn { public ushort Family; public ushort PortBe; public uint AddrBe; public ulong Zero; }

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec { public long Sec; public long Nsec; }

    [LibraryImport("libc", SetLastError = true)] public static partial int socket(int domain, int type, int protocol);
    [LibraryImport("libc", SetLastError = true)] public static partial int bind(int fd, SockAddrIn* addr, int len);
    [LibraryImport("libc", SetLastError = true)] public static partial int connect(int fd, SockAddrIn* addr, int len);
    [LibraryImport("libc", SetLastError = true)] public static partial int setsockopt(int fd, int level, int name, int* val, int len);
    [LibraryImport("libc", SetLastError = true)] public static partial int getsockopt(int fd, int level, int name, int* val, int* len);
    [LibraryImport("libc", SetLastError = true)] public static partial nint recv(int fd, byte* buf, nint len, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial nint send(int fd, byte* buf, nint len, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int close(int fd);
    [LibraryImport("libc", SetLastError = true)] public static partial int epoll_create1(int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int epoll_ctl(int epfd, int op, int fd, byte* ev);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_pwait2(int epfd, byte* events, int max, TimeSpec* timeout, void* sigmask);

    [StructLayout(LayoutKind.Sequential)]
    public struct RLimit { public ulong Cur; public ulong Max; }
    [LibraryImport("libc", SetLastError = true)] public static partial int getrlimit(int resource, RLimit* lim);
    [LibraryImport("libc", SetLastError = true)] public static partial int setrlimit(int resource, RLimit* lim);

    /// <summary>struct epoll_event is packed (12 bytes) on x86-64 only; 16 bytes elsewhere.</summary>
    public static readonly int EpollEventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    public static readonly int EpollDataOffset = EpollEventSize - 8;

    /// <summary>Raises the soft limit on open files to the hard limit; returns the resulting limit.</summary>
    public static ulong RaiseFileLimit()
    {
        RLimit lim;
        if (getrlimit(7, &lim) != 0) return 0;
        if (lim.Cur < lim.Max) { lim.Cur = lim.Max; setrlimit(7, &lim); }
        getrlimit(7, &lim);
        return lim.Cur;
    }
}
