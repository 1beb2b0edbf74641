using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

[Category("LinuxRoot")]
[NonParallelizable]
public sealed class UserspaceServiceProxyTests : ServiceProxyContract
{
    protected override string Mode => ServiceProxyModes.Userspace;

    [OneTimeSetUp]
    public static void Require() => LinuxRoot.Require();
}

[Category("LinuxRoot")]
[NonParallelizable]
public sealed class NftablesServiceProxyTests : ServiceProxyContract
{
    protected override string Mode => ServiceProxyModes.Nftables;

    [OneTimeSetUp]
    public static void Require()
    {
        LinuxRoot.Require();
        LinuxRoot.RequireProgram("nft");
    }
}
