namespace MiniKube.ApiServer;

/// <summary>
/// One rule about writes that needs more than the object itself: may change the object, or refuse the request. Asked in
/// the order of <see cref="AdmissionCatalog"/>, after defaults and (but for the last) before validation, for creates, updates,
/// deletions and subresources alike.
/// </summary>
internal interface IAdmission
{
    /// <summary>Kubernetes' name of the plugin.</summary>
    string Name { get; }

    /// <summary>
    /// True when the rule fills in fields of the kind. Who sends an object owns what it and the defaults say, not what the rule adds.
    /// </summary>
    bool MayChange(ResourceDefinition definition) => false;

    /// <summary>
    /// Changes <see cref="AdmissionRequest.Object"/> or leaves it. May be asked again for the same write: after a
    /// conflict, and when a webhook or policy has changed the object.
    /// </summary>
    /// <exception cref="MiniKube.Api.ApiException">The write is refused.</exception>
    ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken);
}
