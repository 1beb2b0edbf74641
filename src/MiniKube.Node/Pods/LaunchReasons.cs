namespace MiniKube.Node;

/// <summary>Why a container waits, as the kubelet names it.</summary>
internal static class LaunchReasons
{
    public const string Creating = "ContainerCreating";
    public const string Initializing = "PodInitializing";
    public const string CrashLoop = "CrashLoopBackOff";
    public const string PullFailed = "ErrImagePull";
    public const string PullBackOff = "ImagePullBackOff";
    public const string NeverPull = "ErrImageNeverPull";
    public const string InvalidImageName = "InvalidImageName";
    public const string InvalidConfig = "CreateContainerConfigError";
    public const string RunFailed = "RunContainerError";
}
