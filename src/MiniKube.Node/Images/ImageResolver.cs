using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>A launch failed in a way the container's status and an event tell.</summary>
internal sealed class LaunchException(string reason, string message) : Exception(message)
{
    /// <summary>One of <see cref="LaunchReasons"/>.</summary>
    public string Reason { get; } = reason;
}

/// <summary>
/// Has a container's image on the node, as its pull policy asks.
/// https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy
/// </summary>
internal sealed class ImageResolver(IContainerRuntime runtime, PodEvents events, TimeProvider time)
{
    /// <exception cref="LaunchException">The image is not to be had.</exception>
    public async Task<ImageStatus> ResolveAsync(V1Pod pod, PodContainer container, CancellationToken cancellationToken)
    {
        var image = container.Spec.Image;
        try
        {
            var policy = PolicyOf(container.Spec);
            var present = policy == "Always" ? null : await runtime.FindImageAsync(image, cancellationToken);
            if (present is not null)
            {
                events.Normal(pod, container, "Pulled", $"Container image \"{image}\" already present on machine");
                return present;
            }

            if (policy == "Never")
            {
                var message = $"Container image \"{image}\" is not present with pull policy of Never";
                events.Warning(pod, container, "ErrImageNeverPull", message);
                throw new LaunchException(LaunchReasons.NeverPull, message);
            }

            return await PullAsync(pod, container, cancellationToken);
        }
        catch (RuntimeException failure)
        {
            throw Describe(pod, container, failure);
        }
    }

    private static string PolicyOf(V1Container container)
        => container.ImagePullPolicy is { Length: > 0 } given ? given
            : ImageTag.IsLatest(container.Image) ? "Always"
            : "IfNotPresent";

    private async Task<ImageStatus> PullAsync(V1Pod pod, PodContainer container, CancellationToken cancellationToken)
    {
        var image = container.Spec.Image;
        events.Normal(pod, container, "Pulling", $"Pulling image \"{image}\"");
        var started = time.GetTimestamp();
        var pulled = await runtime.PullImageAsync(image, cancellationToken);
        var seconds = time.GetElapsedTime(started).TotalSeconds;
        events.Normal(pod, container, "Pulled", FormattableString.Invariant(
            $"Successfully pulled image \"{image}\" in {seconds:0.###}s. Image size: {pulled.Bytes} bytes."));
        return pulled;
    }

    private LaunchException Describe(V1Pod pod, PodContainer container, RuntimeException failure)
    {
        var image = container.Spec.Image;
        if (failure.Error == RuntimeError.InvalidImageName)
        {
            var message = $"Failed to apply default image tag \"{image}\": {failure.Message}";
            events.Warning(pod, container, "InspectFailed", message);
            events.Warning(pod, container, "Failed", $"Error: {LaunchReasons.InvalidImageName}");
            return new LaunchException(LaunchReasons.InvalidImageName, message);
        }

        events.Warning(pod, container, "Failed", $"Failed to pull image \"{image}\": {failure.Message}");
        events.Warning(pod, container, "Failed", $"Error: {LaunchReasons.PullFailed}");
        return new LaunchException(LaunchReasons.PullFailed, $"failed to pull image \"{image}\": {failure.Message}");
    }
}
