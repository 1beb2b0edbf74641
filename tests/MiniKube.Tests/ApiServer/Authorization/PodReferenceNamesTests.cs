using k8s.Models;
using MiniKube.ApiServer;

namespace MiniKube.Tests;

public sealed class PodReferenceNamesTests
{
    private static readonly V1EnvVar Variable = new()
    {
        Name = "a",
        ValueFrom = new V1EnvVarSource
        {
            SecretKeyRef = new V1SecretKeySelector { Name = "in-env", Key = "k" },
            ConfigMapKeyRef = new V1ConfigMapKeySelector { Name = "in-env", Key = "k" },
        },
    };

    private static readonly V1EnvFromSource Bulk = new()
    {
        SecretRef = new V1SecretEnvSource { Name = "in-bulk" },
        ConfigMapRef = new V1ConfigMapEnvSource { Name = "in-bulk" },
    };

    private static readonly V1PodSpec Spec = new()
    {
        ImagePullSecrets = [new V1LocalObjectReference { Name = "to-pull" }],
        InitContainers = [new V1Container { Name = "i", Env = [Variable] }],
        Containers = [new V1Container { Name = "c", EnvFrom = [Bulk] }],
        Volumes =
        [
            new V1Volume { Name = "s", Secret = new V1SecretVolumeSource { SecretName = "mounted" } },
            new V1Volume { Name = "m", ConfigMap = new V1ConfigMapVolumeSource { Name = "mounted" } },
            new V1Volume
            {
                Name = "p",
                Projected = new V1ProjectedVolumeSource
                {
                    Sources =
                    [
                        new V1VolumeProjection
                        {
                            Secret = new V1SecretProjection { Name = "projected" },
                            ConfigMap = new V1ConfigMapProjection { Name = "projected" },
                        },
                    ],
                },
            },
        ],
    };

    [Test]
    public void Secrets_are_found_in_every_place_a_pod_can_name_them()
    {
        var names = PodReferenceNames.Secrets(Spec).Where(static name => name is not null);

        Assert.That(names, Is.EquivalentTo(["to-pull", "in-env", "in-bulk", "mounted", "projected"]));
    }

    [Test]
    public void Config_maps_are_found_in_every_place_a_pod_can_name_them()
    {
        var names = PodReferenceNames.ConfigMaps(Spec).Where(static name => name is not null);

        Assert.That(names, Is.EquivalentTo(["in-env", "in-bulk", "mounted", "projected"]));
    }
}
