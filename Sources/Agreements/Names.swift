public import Values

/// What a client is called in files.
public typealias ClientID = Identifier<Client>
/// What a contract is called in files.
public typealias ContractID = Identifier<Contract>
/// What a project is called in files.
public typealias ProjectID = Identifier<Project>
/// What a block is called in files.
public typealias BlockID = Identifier<Block>
/// What a service line is called in the terms: `website-maintenance`.
public typealias ServiceLineID = Identifier<ServiceLine>
/// What a work type is called in the terms: `custom-development`.
public typealias WorkTypeID = Identifier<WorkType>
/// What a plan is called in the terms: `care-2`.
public typealias PlanID = Identifier<Plan>
