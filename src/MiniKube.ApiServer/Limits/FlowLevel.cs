namespace MiniKube.ApiServer;

/// <summary>A share of what the server does at once, as a PriorityLevelConfiguration of Kubernetes has it.</summary>
/// <param name="Name">The name Kubernetes' default objects give it.</param>
/// <param name="Shares">How much of the whole it gets, beside the others; 0 is no limit.</param>
/// <param name="LendablePercent">How much of its share others may use while it does not need it.</param>
/// <param name="Queues">Among how many queues its flows are dealt.</param>
/// <param name="HandSize">Of how many of them a flow may use the shortest.</param>
internal sealed record FlowLevel(string Name, int Shares, int LendablePercent, int Queues = 64, int HandSize = 6);

/// <summary>Which level a request belongs to, and which flow in it. Requests of one flow wait for each other, not for others.</summary>
/// <param name="Level">Of <see cref="FlowLevels"/>.</param>
/// <param name="Id">Tells flows apart.</param>
internal readonly record struct Flow(FlowLevel Level, string Id);
