"""The deployed stack on this machine: a local AWS emulator, and the synthesised stack deployed into it.

    assembly = synthesise(folder / "cdk.out")
    with Emulator.start(folder / "emulator", region=region_of(assembly)) as emulator:
        deployed = deploy(assembly, emulator, folder)
        deployed.local.client("s3")   # a client that cannot leave the machine

`process` starts and stops ministack, `environment` holds what keeps every call here, `assembly` adapts the
cloud assembly to what the emulator knows, `deployment` bootstraps and deploys it with the CDK's command line,
and `completion` sets what the emulator's CloudFormation passes over. Mail itself is not the emulator's: its
SES is never asked, `sandbox.ses` stands in for it.
"""
