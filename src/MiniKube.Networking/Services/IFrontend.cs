namespace MiniKube.Networking;

/// <summary>A way into a Service that is open: a listening socket and what it accepted.</summary>
internal interface IFrontend
{
    /// <summary>New connections follow this plan.</summary>
    void Publish(FrontendPlan next);

    /// <summary>Stops accepting. TCP connections that exist go on.</summary>
    Task CloseAsync();
}
