namespace MiniKube.Networking;

/// <summary>The error numbers of Linux that are decided on or likely to be read by a person.</summary>
internal enum Errno
{
    /// <summary>Success.</summary>
    None = 0,

    /// <summary>Not permitted: no CAP_NET_ADMIN here.</summary>
    EPERM = 1,

    /// <summary>No such file, route or process.</summary>
    ENOENT = 2,

    /// <summary>No such route or process.</summary>
    ESRCH = 3,

    /// <summary>Interrupted: try again.</summary>
    EINTR = 4,

    /// <summary>Permission denied.</summary>
    EACCES = 13,

    /// <summary>In use.</summary>
    EBUSY = 16,

    /// <summary>It exists already.</summary>
    EEXIST = 17,

    /// <summary>No such device.</summary>
    ENODEV = 19,

    /// <summary>The kernel does not accept this.</summary>
    EINVAL = 22,

    /// <summary>Out of range: a name too long.</summary>
    ERANGE = 34,

    /// <summary>The kernel lacks this.</summary>
    EOPNOTSUPP = 95,

    /// <summary>The address or port is taken.</summary>
    EADDRINUSE = 98,

    /// <summary>The address is not one of this machine.</summary>
    EADDRNOTAVAIL = 99,

    /// <summary>The kernel was built or started without this protocol.</summary>
    EAFNOSUPPORT = 97,

    /// <summary>The network is down.</summary>
    ENETDOWN = 100,

    /// <summary>No route there.</summary>
    ENETUNREACH = 101,
}
