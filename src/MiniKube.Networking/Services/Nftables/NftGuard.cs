namespace MiniKube.Networking;

/// <summary>Chains of ways in that serve only clients of certain networks: everyone else is dropped.</summary>
internal static class NftGuard
{
    public static string ChainOf(FrontendPlan plan) => $"guard-{NftFrontend.NameOf(plan.Address)}";

    /// <summary>Writes what changes from one state of a way in to the next; either may be missing.</summary>
    public static void Change(NftScript script, FrontendPlan? old, FrontendPlan? next)
    {
        var isGuarded = next is { Sources.IsEmpty: false };
        var wasGuarded = old is { Sources.IsEmpty: false };
        if (isGuarded && !(wasGuarded && next!.Sources.SequenceEqual(old!.Sources)))
        {
            var chain = ChainOf(next!);
            script.First("add chain", chain);
            script.First("flush chain", chain);
            foreach (var network in next!.Sources)
            {
                script.First("add rule", $"{chain} ip saddr {network} return");
            }

            script.First("add rule", $"{chain} drop");
        }

        if (wasGuarded && !isGuarded)
        {
            script.Last("flush chain", ChainOf(old!));
            script.Last("delete chain", ChainOf(old!));
        }
    }
}
