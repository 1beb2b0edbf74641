namespace MiniKube.Networking;

/// <summary>The second word of a header (RFC 1035, section 4.1.1; RFC 4035, section 3.1.6).</summary>
[Flags]
internal enum DnsFlags : ushort
{
    None = 0,
    CheckingDisabled = 1 << 4,
    AuthenticData = 1 << 5,
    RecursionAvailable = 1 << 7,
    RecursionDesired = 1 << 8,
    Truncated = 1 << 9,
    Authoritative = 1 << 10,
    Response = 1 << 15,
}

/// <summary>The outcomes this server gives itself.</summary>
internal enum DnsStatus
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,

    /// <summary>Said in an OPT record: the upper bits do not fit into the header (RFC 6891, section 6.1.3).</summary>
    BadVersion = 16,
}
